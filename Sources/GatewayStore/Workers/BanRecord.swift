import GRDB

/// A row of `worker_bans`: a worker that the network does not take.
package struct BanRecord: Sendable, Equatable {
    /// Base58.
    package let worker: String
    /// Unix milliseconds.
    package let bannedAt: Int64
    /// Of the network's operator, for the worker's; may be empty.
    package let reason: String
}

extension BanRecord {
    init(row: Row) {
        worker = row["worker"]
        bannedAt = row["banned_at_ms"]
        reason = row["reason"]
    }
}
