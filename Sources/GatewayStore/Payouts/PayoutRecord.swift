import GRDB
import SQLiteStore

/// A worker's share of one settlement.
package struct PayoutRecord: Sendable, Equatable {
    /// Where a payout stands, as `payouts.state`.
    package enum State: String, Sendable {
        /// Booked to the payout address in the ledger.
        case credited
        /// A transaction was sent to the chain.
        case submitted
        /// The chain has finalized it.
        case confirmed
    }

    /// The worker's address, base58.
    package let worker: String
    /// Counts the worker's payouts from 1, without gaps.
    package let sequence: Int
    package let jobID: String
    /// Base58.
    package let payoutAddress: String
    package let amountMicroUSDC: Int
    /// The signature of the settlement, base58.
    package let transaction: String
    /// The number of the ledger's entry, or the chain's slot.
    package let slot: Int
    package let state: State
    /// Unix milliseconds.
    package let createdAt: Int64
}

extension PayoutRecord {
    init(row: Row) throws {
        self.init(
            worker: row["worker"],
            sequence: row["sequence"],
            jobID: row["job_id"],
            payoutAddress: row["payout_address"],
            amountMicroUSDC: row["amount_micro_usdc"],
            transaction: row["tx_signature"],
            slot: row["slot"],
            state: try row.decode("state"),
            createdAt: row["created_at_ms"]
        )
    }
}
