import GRDB
package import SQLiteStore

extension WorkerStore {
    /// The jobs that an age makes old: those accepted before this, Unix milliseconds in the network's time.
    ///
    /// Counted back from `now` or from the newest job, whichever is earlier: a machine whose clock ran ahead by years
    /// removes nothing, and a worker without work keeps what it has.
    ///
    /// - Parameters:
    ///   - age: How long a job is kept.
    ///   - milliseconds: Unix milliseconds by this machine's clock.
    /// - Returns: nil if there are no jobs at all.
    /// - Throws: ``StoreError``, as any read.
    package func oldJobsEnd(keeping age: Duration, now milliseconds: Int64) async throws(StoreError) -> Int64? {
        try await history.read { database in
            let newest = try Int64.fetchOne(database, sql: "SELECT MAX(accepted_at_ms) FROM jobs")
            return newest.map { min($0, milliseconds) - Int64(age / .milliseconds(1)) }
        }
    }

    /// Removes some old jobs, and adds what they come to to the sums of their days.
    ///
    /// Only jobs whose end is final: `settled`, `failed`, `cancelled`. One that is unpaid stays, because a statement may
    /// still pay it. Receipts and payouts stay whatever becomes of the job. One step, one commit, and other writes go in
    /// between: the caller repeats it until it removes less than `limit`.
    ///
    /// - Parameters:
    ///   - end: Jobs accepted before this are old, Unix milliseconds in the network's time.
    ///   - limit: Most jobs of this step.
    /// - Returns: How many were removed, durably.
    /// - Throws: ``StoreError``; then nothing was removed.
    @discardableResult
    package func removeJobs(acceptedBefore end: Int64, limit: Int) async throws(StoreError) -> Int {
        let keys = try await history.removableJobs(acceptedBefore: end, limit: limit)
        guard !keys.isEmpty else { return 0 }
        return try await commit { database in
            var count = 0
            for key in keys {
                try Self.addToSums(key, in: database)
                try database.run(
                    """
                    UPDATE payouts SET model = (SELECT model FROM jobs WHERE network = :network AND job_id = :job)
                    WHERE network = :network AND job_id = :job
                    """,
                    ["network": key.network, "job": key.jobID]
                )
                try database.run(
                    "DELETE FROM jobs WHERE network = ? AND job_id = ? AND status IN ('settled', 'failed', 'cancelled')",
                    [key.network, key.jobID]
                )
                count += database.changesCount
            }
            return count
        }
    }

    private static func addToSums(_ key: JobKey, in database: Database) throws {
        try database.run(
            """
            INSERT INTO removed_jobs
                (day, network, model, status, jobs, prompt_tokens, completion_tokens, credits, micro_usdc)
            SELECT strftime('%Y-%m-%d', coalesce(settled_at_ms, accepted_at_ms) / 1000, 'unixepoch'), network, model,
                status, 1, coalesce(prompt_tokens, 0), coalesce(completion_tokens, 0), coalesce(credits, 0),
                coalesce(micro_usdc, 0)
            FROM jobs WHERE network = ? AND job_id = ? AND status IN ('settled', 'failed', 'cancelled')
            ON CONFLICT (day, network, model, status) DO UPDATE SET
                jobs = jobs + excluded.jobs,
                prompt_tokens = prompt_tokens + excluded.prompt_tokens,
                completion_tokens = completion_tokens + excluded.completion_tokens,
                credits = credits + excluded.credits,
                micro_usdc = micro_usdc + excluded.micro_usdc
            """,
            [key.network, key.jobID]
        )
    }

    /// Gives room that removed jobs left back to the file system, at most `pages` pages.
    package func giveBackPages(_ pages: Int) async throws(StoreError) {
        do {
            try await pool.writeWithoutTransaction { try StoreFile.giveBackPages(pages, in: $0) }
        } catch {
            throw StoreError(error, path: pool.path)
        }
    }
}

extension WorkerHistory {
    /// Old jobs whose end is final, the oldest first.
    fileprivate func removableJobs(acceptedBefore end: Int64, limit: Int) async throws(StoreError) -> [JobKey] {
        try await read { database in
            try database.rows(
                """
                SELECT network, job_id FROM jobs
                WHERE accepted_at_ms < ? AND status IN ('settled', 'failed', 'cancelled')
                ORDER BY accepted_at_ms, network, job_id LIMIT ?
                """,
                [end, limit]
            ).map { JobKey(network: $0["network"], jobID: $0["job_id"]) }
        }
    }
}
