package import InferenceAPI
import SQLiteStore

/// Why the ledger did not do what it was asked to.
package struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// The wallet has `balance` credits, and `required` are needed. Answer 402.
        case insufficientCredits(balance: Int, required: Int)
        /// The API key may spend `cap` credits, and the job would pass that. Answer 402.
        case spendingCapReached(cap: Int)
        /// The idempotency key belongs to this job. Answer 409.
        case idempotencyKeyUsed(JobID)
        /// The database cannot be written or read, or too many writes wait. Nothing was locked: answer 503.
        case storeUnavailable
        /// The caller stopped waiting. What was decided stands, and will be durable.
        case interrupted
        /// There is no such job.
        case unknownJob
        /// The job was refunded before. A receipt for it is refused with `job_lost`.
        case refundedBefore
        /// The job was settled before, so it cannot be refunded.
        case settledBefore
        /// The receipt of this worker for this job was refused before: the first verdict stays.
        case receiptRefused
        /// Credits of less than one, or a job that is there already. A fault of the caller.
        case invalid
    }

    package var code: Code
    package var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Sorts what came out of the way to the disk.
    init(_ error: any Error) {
        switch error {
        case let error as LedgerError: self = error
        case is CancellationError: self.init(.interrupted, "the caller stopped waiting for the ledger")
        case let error as StoreError: self.init(.storeUnavailable, error.message)
        default: self.init(.storeUnavailable, "\(error)")
        }
    }

    package var description: String { message }
}
