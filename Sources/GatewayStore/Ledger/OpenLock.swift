import Receipts
import Signing

/// Credits that are set aside for a job that has not ended.
struct OpenLock: Sendable, Equatable {
    var wallet: Address
    var credits: CreditSplit
    /// The signature of the lock's entry.
    var escrowTx: Signature
    /// What the job costs; nil in an audit, which takes the charge as the entry states it.
    var rule: ChargeRule?
    /// Workers whose receipt for this job was refused: a second one of theirs cannot settle it.
    var refusedWorkers: Set<Address> = []
}
