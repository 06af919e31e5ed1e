package import InferenceAPI
package import Receipts

/// A job that is paid, durably.
package struct SettledJob: Sendable, Equatable {
    package let jobID: JobID
    /// The signed settlement statement, the same bytes however often it is asked for: JSON text.
    package let statement: [UInt8]
    /// The signature of the settlement's entry, base58.
    package let settlementTx: String
    /// The number of that entry.
    package let slot: Int
    package let amounts: SettlementAmounts
    /// The worker's payout; nil if its share is nothing.
    package let payout: PayoutRecord?
    /// What the wallet has afterwards.
    package let balance: CreditBalance
}
