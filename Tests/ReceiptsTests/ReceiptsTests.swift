// Tests of Receipts.
