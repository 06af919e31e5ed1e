package import InferenceAPI
package import Signing

/// Credits that are locked for a job: in memory now, on disk with the next commit.
package struct CreditLock: Sendable, Equatable {
    package let jobID: JobID
    package let credits: Int
    /// The signature of the lock's entry: `escrow_tx`.
    package let escrowTx: Signature
    /// The number of that entry.
    package let sequence: Int
    /// What the wallet has now.
    package let balance: CreditBalance
}
