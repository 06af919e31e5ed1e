import GRDB
import InferenceAPI
package import SQLiteStore

extension GatewayHistory {
    /// One job; nil if there is none, or if it is another wallet's than the one asked for.
    package func job(_ jobID: String, wallet: String? = nil) async throws(StoreError) -> JobRecord? {
        try await read { database in
            try database.row(
                "SELECT * FROM jobs WHERE job_id = :job AND (:wallet IS NULL OR wallet = :wallet)",
                ["job": jobID, "wallet": wallet]
            ).map(JobRecord.init(row:))
        }
    }

    /// Jobs of all wallets or one, the newest first: at most `limit` of those that follow `after`, the last job of the
    /// page before.
    package func jobs(
        wallet: String? = nil,
        status: JobStatus? = nil,
        model: String? = nil,
        limit: Int,
        after jobID: String? = nil
    ) async throws(StoreError) -> [JobRecord] {
        try await read { database in
            // Job ids begin with their time, so their order is that of creation.
            try database.rows(
                """
                SELECT * FROM jobs
                WHERE (:wallet IS NULL OR wallet = :wallet)
                    AND (:status IS NULL OR status = :status)
                    AND (:model IS NULL OR model = :model)
                    AND (:after IS NULL OR job_id < :after)
                ORDER BY job_id DESC LIMIT :limit
                """,
                ["wallet": wallet, "status": status?.rawValue, "model": model, "after": jobID, "limit": limit]
            ).map(JobRecord.init(row:))
        }
    }

    /// The accepted receipt of a job and the statement that answers it, both JSON text; nil if it was not settled.
    package func receipt(
        of jobID: String
    ) async throws(StoreError) -> (receipt: [UInt8], statement: [UInt8])? {
        try await read { database in
            try database.row(
                "SELECT envelope, statement FROM receipts WHERE job_id = ? AND verdict = 'accepted'",
                [jobID]
            ).map { row in
                (Array((row["envelope"] as String).utf8), Array((row["statement"] as String).utf8))
            }
        }
    }

    /// The median time to the first token of a model's newest jobs, at most 1,000, completed since a time.
    ///
    /// - Returns: Milliseconds; nil if there was no such job.
    package func medianTimeToFirstToken(
        model: String,
        since milliseconds: Int64
    ) async throws(StoreError) -> Int? {
        let times = try await read { database in
            try Int.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT time_to_first_token_ms FROM jobs
                        WHERE model = ? AND completed_at_ms >= ? AND status = 'settled'
                            AND time_to_first_token_ms IS NOT NULL AND is_test = 0
                        ORDER BY completed_at_ms DESC LIMIT 1000
                        """
                ),
                arguments: [model, milliseconds]
            ).sorted()
        }
        return times.isEmpty ? nil : times[(times.count - 1) / 2]
    }
}
