/// Where a job stands, as `jobs.status`.
package enum JobStatus: String, Sendable, CaseIterable {
    /// Accepted, and the backend is at work. Goes to `finished`, `failed` or `cancelled`.
    case running
    /// Done, and its receipt is kept for the gateway. Goes to `settled` or `unpaid`.
    case finished
    /// The gateway accepted the receipt and signed a statement. The end.
    case settled
    /// The gateway refused the receipt; `error_code` says why. The end, unless a statement comes after all.
    case unpaid
    /// There is no result; `error_code` says why. The end.
    case failed
    /// The gateway cancelled it before there was output. The end.
    case cancelled
}
