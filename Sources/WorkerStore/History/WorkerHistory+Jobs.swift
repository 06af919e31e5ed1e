import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// Jobs, the newest first: at most `limit` of those that follow `after`, the last job of the page before.
    package func jobs(
        _ filter: JobFilter = JobFilter(),
        limit: Int,
        after: JobKey? = nil
    ) async throws(StoreError) -> [JobRecord] {
        try await read { database in
            try database.rows(
                """
                SELECT * FROM jobs
                WHERE (:network IS NULL OR network = :network)
                    AND (:status IS NULL OR status = :status)
                    AND (:model IS NULL OR model = :model)
                    AND (:since IS NULL OR accepted_at_ms >= :since)
                    AND (:before IS NULL OR accepted_at_ms < :before)
                    AND (:afterJob IS NULL OR (accepted_at_ms, network, job_id) <
                        (SELECT accepted_at_ms, network, job_id FROM jobs
                         WHERE network = :afterNetwork AND job_id = :afterJob))
                ORDER BY accepted_at_ms DESC, network DESC, job_id DESC
                LIMIT :limit
                """,
                [
                    "network": filter.network, "status": filter.status?.rawValue, "model": filter.model,
                    "since": filter.since, "before": filter.before, "afterNetwork": after?.network,
                    "afterJob": after?.jobID, "limit": limit,
                ]
            ).map(JobRecord.init(row:))
        }
    }

    /// One job, by its id alone or also by its network; the newest, should two networks have used one id.
    package func job(_ jobID: String, network: String? = nil) async throws(StoreError) -> JobRecord? {
        try await read { database in
            try database.row(
                """
                SELECT * FROM jobs WHERE job_id = :job AND (:network IS NULL OR network = :network)
                ORDER BY accepted_at_ms DESC
                """,
                ["job": jobID, "network": network]
            ).map(JobRecord.init(row:))
        }
    }

    /// Offer, receipt and statement of a job; nil if it has no receipt.
    package func evidence(of key: JobKey) async throws(StoreError) -> JobEvidence? {
        try await read { database in
            let stored = try database.row(
                "SELECT offer, envelope, statement, state, reason FROM receipts WHERE network = ? AND job_id = ?",
                [key.network, key.jobID]
            )
            return try stored.map { try JobEvidence(key: key, row: $0) }
        }
    }

    /// Offer, receipt and statement by the job's id alone, also of a job that was removed for its age; that of the newest
    /// job, should two networks have used one id.
    package func evidence(ofJob jobID: String) async throws(StoreError) -> JobEvidence? {
        try await read { database in
            try database.row(
                """
                SELECT receipts.* FROM receipts LEFT JOIN jobs USING (network, job_id) WHERE job_id = ?
                ORDER BY accepted_at_ms DESC
                """,
                [jobID]
            ).map { try JobEvidence(key: JobKey(network: $0["network"], jobID: jobID), row: $0) }
        }
    }

    /// Receipts that the gateway has not answered, the oldest first: what a new session sends again.
    ///
    /// At most `limit` of those that follow `after`, the last job of the page before.
    package func pendingReceipts(
        network: String,
        limit: Int,
        after jobID: String? = nil
    ) async throws(StoreError) -> [PendingReceipt] {
        try await read { database in
            try database.rows(
                """
                SELECT job_id, prompt_tokens, completion_tokens, usage_source, envelope
                FROM receipts JOIN jobs USING (network, job_id)
                WHERE network = ? AND state = 'pending' AND job_id > ?
                ORDER BY job_id LIMIT ?
                """,
                [network, jobID ?? "", limit]
            ).map { row in
                PendingReceipt(
                    jobID: row["job_id"],
                    promptTokens: row["prompt_tokens"],
                    completionTokens: row["completion_tokens"],
                    usageSource: row["usage_source"],
                    envelope: Array((row["envelope"] as String).utf8)
                )
            }
        }
    }
}

extension JobEvidence {
    fileprivate init(key: JobKey, row: Row) throws {
        self.key = key
        state = try row.decode("state")
        offer = Array((row["offer"] as String).utf8)
        receipt = Array((row["envelope"] as String).utf8)
        statement = (row["statement"] as String?).map { Array($0.utf8) }
        reason = row["reason"]
    }
}
