import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// Counts and sums over all jobs of a network, or of all; also those that were removed for their age.
    package func totals(network: String? = nil) async throws(StoreError) -> WorkerTotals {
        try await read { database in
            var totals = WorkerTotals()
            // Of `jobs` answered by the index `jobs_totals` alone; removed ones are a row for each day and model.
            let rows = try database.rows(
                """
                SELECT status, SUM(jobs) AS jobs, SUM(credits) AS credits, SUM(earned) AS earned,
                    SUM(expected) AS expected
                FROM (
                    SELECT status, COUNT(*) AS jobs, SUM(credits) AS credits, SUM(micro_usdc) AS earned,
                        SUM(expected_micro_usdc) AS expected
                    FROM jobs WHERE :network IS NULL OR network = :network GROUP BY status
                    UNION ALL
                    SELECT status, SUM(jobs), SUM(credits), SUM(micro_usdc), 0
                    FROM removed_jobs WHERE :network IS NULL OR network = :network GROUP BY status
                ) GROUP BY status
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

    /// What was earned, by day or week or month, by model, or by network.
    ///
    /// A job counts when it was settled, one that waits for its verdict when it was finished, a payout when it came; all
    /// in UTC. Of a job that was removed for its age the day is known: it counts if that day began since then.
    ///
    /// - Parameters:
    ///   - grouping: What makes a row.
    ///   - network: Of this network alone.
    ///   - since: From this time on, Unix milliseconds.
    ///   - limit: How many rows at most.
    /// - Returns: The rows, and the sum of all, also of those that the limit left out.
    /// - Throws: ``StoreError``.
    package func earnings(
        by grouping: EarningsGrouping,
        network: String? = nil,
        since: Int64? = nil,
        limit: Int
    ) async throws(StoreError) -> Earnings {
        try await read { database in
            let order = grouping.isTime ? "name DESC" : "micro_usdc DESC, name"
            let rows = try database.rows(
                "SELECT name, \(Self.sums) FROM (\(Self.entries(grouping))) GROUP BY name ORDER BY \(order) LIMIT :limit",
                ["network": network, "since": since, "limit": limit]
            )
            let total = try database.row(
                "SELECT '' AS name, \(Self.sums) FROM (\(Self.entries(grouping)))",
                ["network": network, "since": since]
            )
            return Earnings(rows: rows.map(EarningsRow.init(row:)), total: total.map(EarningsRow.init(row:)) ?? .init())
        }
    }

    private static let sums = """
        SUM(jobs) AS jobs, SUM(prompt_tokens) AS prompt_tokens, SUM(completion_tokens) AS completion_tokens,
        SUM(credits) AS credits, SUM(micro_usdc) AS micro_usdc, SUM(paid) AS paid, SUM(pending) AS pending
        """

    /// One row for each settled job, each day of removed ones, each job without a verdict and each payout that holds.
    private static func entries(_ grouping: EarningsGrouping) -> String {
        """
        SELECT \(grouping.sql(time: "settled_at_ms")) AS name, 1 AS jobs, prompt_tokens, completion_tokens,
            credits, micro_usdc, 0 AS paid, 0 AS pending
        FROM jobs
        WHERE status = 'settled' AND (:network IS NULL OR network = :network)
            AND (:since IS NULL OR settled_at_ms >= :since)
        UNION ALL
        SELECT \(grouping.sql(time: "settled_at_ms")), jobs, prompt_tokens, completion_tokens, credits, micro_usdc, 0, 0
        FROM (SELECT *, unixepoch(day) * 1000 AS settled_at_ms FROM removed_jobs)
        WHERE status = 'settled' AND (:network IS NULL OR network = :network)
            AND (:since IS NULL OR settled_at_ms >= :since)
        UNION ALL
        SELECT \(grouping.sql(time: "finished_at_ms")), 0, 0, 0, 0, 0, 0, expected_micro_usdc
        FROM jobs
        WHERE status = 'finished' AND (:network IS NULL OR network = :network)
            AND (:since IS NULL OR finished_at_ms >= :since)
        UNION ALL
        SELECT \(grouping.sql(time: "created_at_ms")), 0, 0, 0, 0, 0, amount_micro_usdc, 0
        FROM (
            SELECT network, created_at_ms, amount_micro_usdc, COALESCE(jobs.model, payouts.model) AS model
            FROM payouts LEFT JOIN jobs USING (network, job_id) WHERE payouts.state NOT IN ('missing', 'mismatched')
        )
        WHERE (:network IS NULL OR network = :network) AND (:since IS NULL OR created_at_ms >= :since)
        """
    }
}

extension EarningsRow {
    init(row: Row) {
        group = row["name"]
        jobs = row["jobs"] ?? 0
        promptTokens = row["prompt_tokens"] ?? 0
        completionTokens = row["completion_tokens"] ?? 0
        credits = row["credits"] ?? 0
        microUSDC = row["micro_usdc"] ?? 0
        paidMicroUSDC = row["paid"] ?? 0
        pendingMicroUSDC = row["pending"] ?? 0
    }
}
