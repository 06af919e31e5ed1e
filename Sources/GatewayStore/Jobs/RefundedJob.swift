package import InferenceAPI

/// A job whose credits went back, durably.
package struct RefundedJob: Sendable, Equatable {
    package let jobID: JobID
    package let creditsRefunded: Int
    /// The signature of the refund's entry, base58.
    package let refundTx: String
    /// The number of that entry.
    package let slot: Int
    /// What the wallet has afterwards.
    package let balance: CreditBalance
}
