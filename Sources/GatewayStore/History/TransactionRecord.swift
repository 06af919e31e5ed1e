import GRDB
package import Receipts
import SQLiteStore

/// An entry of the ledger as the wallet sees it.
package struct TransactionRecord: Sendable, Equatable {
    /// The number of the entry.
    package let sequence: Int
    package let kind: LedgerEntry.Event.Kind
    package let jobID: String?
    /// What the wallet's available credits gained, or lost if negative.
    package let credits: Int
    /// The entry's signature, base58.
    package let transaction: String
    /// Unix milliseconds.
    package let at: Int64
}

extension TransactionRecord {
    init(row: Row) throws {
        let amount: Int = row["amount_micro_usdc"]
        sequence = row["sequence"]
        kind = try row.decode("kind")
        jobID = row["job_id"]
        credits = amount / Amounts.microUSDCPerCredit
        transaction = row["signature"]
        at = row["at_ms"]
    }
}
