import GRDB
package import SQLiteStore

extension GatewayHistory {
    /// What is kept of every worker's reputation, or of one.
    package func reputations(of worker: String? = nil) async throws(StoreError) -> [ReputationRecord] {
        try await read { database in
            var records: [String: ReputationRecord] = [:]
            let condition = "WHERE ?1 IS NULL OR worker = ?1"
            for row in try database.rows("SELECT * FROM worker_reputations \(condition)", [worker]) {
                let record = ReputationRecord(row: row)
                records[record.worker] = record
            }
            for row in try database.rows("SELECT * FROM worker_latencies \(condition)", [worker]) {
                let samples = (row["samples"] as String).split(separator: ",").compactMap { Int($0) }
                records[row["worker"]]?.latencies[row["model"]] = samples
            }
            for row in try database.rows("SELECT * FROM worker_failures \(condition) ORDER BY worker, place", [worker])
            {
                records[row["worker"]]?.failures.append(ReputationRecord.Failure(row: row))
            }
            return records.values.sorted { $0.worker < $1.worker }
        }
    }

    /// The workers that the network does not take.
    package func bans() async throws(StoreError) -> [BanRecord] {
        try await read { database in
            try database.rows("SELECT * FROM worker_bans ORDER BY worker").map(BanRecord.init(row:))
        }
    }

    /// Jobs that a worker accepted in a time, the oldest first by their ids, with the number of their payouts.
    ///
    /// A job that several workers accepted is in the record of the last of them alone.
    ///
    /// - Parameters:
    ///   - worker: Base58.
    ///   - times: When it accepted them, Unix milliseconds.
    ///   - jobID: Only those that follow it.
    ///   - limit: Most jobs.
    /// - Returns: The jobs, each with the number of its payout if it has one.
    /// - Throws: ``StoreError``.
    package func acceptedJobs(
        of worker: String,
        in times: Range<Int64>,
        after jobID: String?,
        limit: Int
    ) async throws(StoreError) -> [(job: JobRecord, payoutSequence: Int?)] {
        try await read { database in
            try database.rows(
                """
                SELECT jobs.*, payouts.sequence AS payout_sequence
                FROM jobs LEFT JOIN payouts ON payouts.job_id = jobs.job_id
                WHERE jobs.worker = ? AND jobs.job_id > ? AND accepted_at_ms >= ? AND accepted_at_ms < ?
                ORDER BY jobs.job_id LIMIT ?
                """,
                [worker, jobID ?? "", times.lowerBound, times.upperBound, limit]
            ).map { row in (job: try JobRecord(row: row), payoutSequence: row["payout_sequence"]) }
        }
    }
}
