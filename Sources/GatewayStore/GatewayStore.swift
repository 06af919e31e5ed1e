// The gateway's database and the credit ledger.
