import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// This worker's rows of the jobs that a page of the network's record names or should name.
    ///
    /// - Parameters:
    ///   - network: The gateway's address.
    ///   - named: The jobs on the page; those that are here come whatever their time.
    ///   - after: The last job of the page before; jobs of the same network after it, in the order of job ids, …
    ///   - upTo: … and up to this one (`nil`: to the end) come too, …
    ///   - since: … if they were accepted at this time or later, …
    ///   - until: … and before this one; both Unix milliseconds in the network's time.
    /// - Returns: The rows in the order of job ids.
    /// - Throws: ``StoreError``.
    package func reconciliationRows(
        network: String,
        named: [String],
        after: String,
        upTo: String?,
        since: Int64,
        until: Int64
    ) async throws(StoreError) -> [ReconciliationRow] {
        let names = named.map { "\"\($0)\"" }.joined(separator: ",")
        return try await read { database in
            try database.rows(
                """
                SELECT jobs.job_id, jobs.status, credits, micro_usdc, proof_hash, accepted_at_ms, sequence,
                    amount_micro_usdc
                FROM jobs LEFT JOIN payouts ON payouts.network = jobs.network AND payouts.job_id = jobs.job_id
                WHERE jobs.network = :network AND (jobs.job_id IN (SELECT value FROM json_each(:names))
                    OR (jobs.job_id > :after AND (:upTo IS NULL OR jobs.job_id <= :upTo)
                        AND accepted_at_ms >= :since AND accepted_at_ms < :until))
                ORDER BY jobs.job_id
                """,
                [
                    "network": network, "names": "[\(names)]", "after": after, "upTo": upTo, "since": since,
                    "until": until,
                ]
            ).map { row in
                ReconciliationRow(
                    jobID: row["job_id"],
                    status: try row.decode("status"),
                    credits: row["credits"],
                    microUSDC: row["micro_usdc"],
                    proofHash: row["proof_hash"],
                    acceptedAt: row["accepted_at_ms"],
                    payoutSequence: row["sequence"],
                    payoutMicroUSDC: row["amount_micro_usdc"]
                )
            }
        }
    }

    /// Those of some jobs whose rows gave way for their age: their receipts are still here.
    package func removedJobs(network: String, among jobIDs: [String]) async throws(StoreError) -> Set<String> {
        guard !jobIDs.isEmpty else { return [] }
        let names = jobIDs.map { "\"\($0)\"" }.joined(separator: ",")
        return try await read { database in
            let rows = try database.rows(
                """
                SELECT job_id FROM receipts WHERE network = ? AND job_id IN (SELECT value FROM json_each(?))
                    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.network = receipts.network AND jobs.job_id = receipts.job_id)
                """,
                [network, "[\(names)]"]
            )
            return Set(rows.map { $0["job_id"] as String })
        }
    }
}
