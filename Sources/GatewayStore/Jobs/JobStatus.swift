/// Where a job stands, as `jobs.status` and as the API shows it.
package enum JobStatus: String, Sendable, CaseIterable {
    /// Credits are locked, and a worker is looked for.
    case pending
    /// A worker accepted it.
    case processing
    /// The proof is in, and settlement is awaited; on a chain alone.
    case settling
    /// Paid. The end.
    case settled
    /// There is no result; credits back. The end.
    case failed
    /// There was no proof in time; credits back. The end.
    case refunded
    /// The caller hung up before the first token; credits back. The end.
    case cancelled
}
