import GRDB
package import SQLiteStore

extension WorkerHistory {
    /// What became of the jobs accepted at `since` or later, Unix milliseconds; of all networks.
    package func outcomes(since: Int64) async throws(StoreError) -> RecentOutcomes {
        try await read { database in
            var outcomes = RecentOutcomes()
            // The first hit ends it: a busy worker's day is long.
            outcomes.hasSettled =
                try database.row(
                    "SELECT 1 FROM jobs WHERE accepted_at_ms >= ? AND status = 'settled' LIMIT 1",
                    [since]
                ) != nil
            let rows = try database.rows(
                """
                SELECT error_code, COUNT(*) AS jobs FROM jobs
                WHERE status = 'unpaid' AND accepted_at_ms >= ? GROUP BY error_code
                """,
                [since]
            )
            for row in rows { outcomes.unpaid[row["error_code"] ?? "unspecified"] = row["jobs"] }
            return outcomes
        }
    }
}
