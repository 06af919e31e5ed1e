import GRDB
import SQLiteStore

/// What a gateway keeps of a worker's reputation: a row of `worker_reputations` and those that belong to it.
///
/// Counts are as of ``asOf`` and halve every 30 days from there.
package struct ReputationRecord: Sendable, Equatable {
    /// A row of `worker_failures`.
    package struct Failure: Sendable, Equatable {
        /// Unix milliseconds.
        package var at: Int64
        package var jobID: String
        package var model: String
        /// One word.
        package var fault: String

        package init(at: Int64, jobID: String, model: String, fault: String) {
            self.at = at
            self.jobID = jobID
            self.model = model
            self.fault = fault
        }
    }

    /// Base58.
    package var worker: String
    /// Unix milliseconds.
    package var asOf: Int64
    package var accepted = 0.0
    package var completed = 0.0
    package var failed = 0.0
    package var proofsJudged = 0.0
    package var proofsAccepted = 0.0
    package var observedMilliseconds = 0.0
    package var upMilliseconds = 0.0
    package var failuresInRow = 0
    package var timesSetAside = 0
    /// Unix milliseconds.
    package var setAsideUntil: Int64?
    package var setAsideReason = ""
    /// Times to first token by model, in milliseconds, the newest last.
    package var latencies: [String: [Int]] = [:]
    /// The oldest first.
    package var failures: [Failure] = []

    package init(worker: String, asOf: Int64) {
        self.worker = worker
        self.asOf = asOf
    }
}

extension ReputationRecord {
    init(row: Row) {
        self.init(worker: row["worker"], asOf: row["as_of_ms"])
        accepted = row["accepted"]
        completed = row["completed"]
        failed = row["failed"]
        proofsJudged = row["proofs_judged"]
        proofsAccepted = row["proofs_accepted"]
        observedMilliseconds = row["observed_ms"]
        upMilliseconds = row["up_ms"]
        failuresInRow = row["failures_in_row"]
        timesSetAside = row["times_set_aside"]
        setAsideUntil = row["set_aside_until_ms"]
        setAsideReason = row["set_aside_reason"]
    }

    /// Writes all of it over what is there.
    func store(in database: Database) throws {
        try database.run(
            """
            INSERT INTO worker_reputations (worker, as_of_ms, accepted, completed, failed, proofs_judged,
                proofs_accepted, observed_ms, up_ms, failures_in_row, times_set_aside, set_aside_until_ms,
                set_aside_reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (worker) DO UPDATE SET as_of_ms = excluded.as_of_ms, accepted = excluded.accepted,
                completed = excluded.completed, failed = excluded.failed, proofs_judged = excluded.proofs_judged,
                proofs_accepted = excluded.proofs_accepted, observed_ms = excluded.observed_ms,
                up_ms = excluded.up_ms, failures_in_row = excluded.failures_in_row,
                times_set_aside = excluded.times_set_aside, set_aside_until_ms = excluded.set_aside_until_ms,
                set_aside_reason = excluded.set_aside_reason
            """,
            [
                worker, asOf, accepted, completed, failed, proofsJudged, proofsAccepted, observedMilliseconds,
                upMilliseconds, failuresInRow, timesSetAside, setAsideUntil, setAsideReason,
            ]
        )
        for (model, samples) in latencies {
            try database.run(
                "INSERT OR REPLACE INTO worker_latencies (worker, model, samples) VALUES (?, ?, ?)",
                [worker, model, samples.map(String.init).joined(separator: ",")]
            )
        }
        for (place, failure) in failures.enumerated() {
            try database.run(
                """
                INSERT OR REPLACE INTO worker_failures (worker, place, at_ms, job_id, model, fault)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [worker, place, failure.at, failure.jobID, failure.model, failure.fault]
            )
        }
    }
}

extension ReputationRecord.Failure {
    init(row: Row) {
        self.init(at: row["at_ms"], jobID: row["job_id"], model: row["model"], fault: row["fault"])
    }
}
