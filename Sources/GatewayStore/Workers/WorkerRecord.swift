import GRDB

/// A row of `workers`.
package struct WorkerRecord: Sendable, Equatable {
    /// Base58.
    package let address: String
    /// As it announced itself, for people.
    package let name: String
    /// Name and version of its software.
    package let software: String
    /// Unix milliseconds.
    package let firstSeenAt: Int64
    package let lastSeenAt: Int64
    /// The number of its last payout; 0: none.
    package let payoutSequence: Int
    package let jobsSettled: Int
    package let receiptsRefused: Int
}

extension WorkerRecord {
    init(row: Row) {
        address = row["address"]
        name = row["name"]
        software = row["software"]
        firstSeenAt = row["first_seen_at_ms"]
        lastSeenAt = row["last_seen_at_ms"]
        payoutSequence = row["payout_sequence"]
        jobsSettled = row["jobs_settled"]
        receiptsRefused = row["receipts_refused"]
    }
}
