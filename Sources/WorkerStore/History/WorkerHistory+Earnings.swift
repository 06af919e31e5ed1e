import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// Counts and sums over all jobs of a network, or of all.
    package func totals(network: String? = nil) async throws(StoreError) -> WorkerTotals {
        try await read { database in
            var totals = WorkerTotals()
            // Answered by the index `jobs_totals` alone.
            let rows = try database.rows(
                """
                SELECT status, COUNT(*) AS jobs, SUM(credits) AS credits, SUM(micro_usdc) AS earned,
                    SUM(expected_micro_usdc) AS expected
                FROM jobs WHERE :network IS NULL OR network = :network GROUP BY status
                """,
                ["network": network]
            )
            for row in rows {
                let jobs: Int = row["jobs"]
                switch try row.decode("status") as JobStatus {
                case .running: totals.running = jobs
                case .failed: totals.failed = jobs
                case .unpaid: totals.unpaid = jobs
                case .cancelled: totals.cancelled = jobs
                case .finished:
                    totals.finished = jobs
                    totals.pendingMicroUSDC = row["expected"] ?? 0
                case .settled:
                    totals.settled = jobs
                    totals.credits = row["credits"] ?? 0
                    totals.microUSDC = row["earned"] ?? 0
                }
            }
            let paid = try database.row(
                """
                SELECT SUM(amount_micro_usdc) AS paid FROM payouts
                WHERE state NOT IN ('missing', 'mismatched') AND (:network IS NULL OR network = :network)
                """,
                ["network": network]
            )
            totals.paidMicroUSDC = paid?["paid"] ?? 0
            return totals
        }
    }

    /// What was earned, by day and model, the newest day first.
    ///
    /// Of all networks or one; of jobs settled at `since` or later and before `before`, both in Unix milliseconds.
    package func earnings(
        network: String? = nil,
        since: Int64? = nil,
        before: Int64? = nil
    ) async throws(StoreError) -> [EarningsRow] {
        try await read { database in
            try database.rows(
                """
                SELECT strftime('%Y-%m-%d', settled_at_ms / 1000, 'unixepoch') AS day, model, COUNT(*) AS jobs,
                    SUM(prompt_tokens) AS prompt_tokens, SUM(completion_tokens) AS completion_tokens,
                    SUM(credits) AS credits, SUM(micro_usdc) AS micro_usdc
                FROM jobs
                WHERE status = 'settled' AND (:network IS NULL OR network = :network)
                    AND (:since IS NULL OR settled_at_ms >= :since) AND (:before IS NULL OR settled_at_ms < :before)
                GROUP BY day, model ORDER BY day DESC, model
                """,
                ["network": network, "since": since, "before": before]
            ).map { row in
                EarningsRow(
                    day: row["day"],
                    model: row["model"],
                    jobs: row["jobs"],
                    promptTokens: row["prompt_tokens"],
                    completionTokens: row["completion_tokens"],
                    credits: row["credits"],
                    microUSDC: row["micro_usdc"]
                )
            }
        }
    }
}
