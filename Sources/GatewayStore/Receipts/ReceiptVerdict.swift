/// What became of a worker's receipt for a job.
package enum ReceiptVerdict: Sendable, Equatable {
    /// Accepted: the settlement statement, the same bytes each time.
    case accepted(statement: [UInt8])
    /// Refused, for the same reason each time.
    case refused(reason: String, message: String)
    /// The job ended without it: its lock was refunded, or another worker was paid. Refuse with `job_lost`.
    case lost
    /// The job is open.
    case undecided
    /// There is no such job.
    case unknown
}
