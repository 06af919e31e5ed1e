import GRDB
package import SQLiteStore

extension WorkerStore {
    /// Notes that a job was accepted.
    ///
    /// It joins the next commit; nobody need wait for it.
    package func jobStarted(_ job: StartedJob) {
        group.enqueue { database in try Self.begin(job, in: database) }
    }

    /// Keeps a job's result.
    ///
    /// Returns once it is durable: only then may the receipt be sent.
    ///
    /// - Throws: ``StoreError``; nothing was kept, and the caller must try again or fail the job.
    package func jobFinished(_ finished: FinishedJob) async throws(StoreError) {
        try await commit { database in
            let key = finished.job.key
            // The row may be missing: the commit of the start is not awaited, and may have failed.
            try Self.begin(finished.job, in: database)
            try database.run(
                """
                UPDATE jobs SET status = 'finished', prompt_tokens = ?, completion_tokens = ?, usage_source = ?,
                    first_token_at_ms = ?, finished_at_ms = ?, proof_hash = ?, expected_micro_usdc = ?
                WHERE network = ? AND job_id = ? AND status = 'running'
                """,
                [
                    finished.promptTokens, finished.completionTokens, finished.usageSource, finished.firstTokenAt,
                    finished.finishedAt, finished.proofHash, finished.expectedMicroUSDC, key.network, key.jobID,
                ]
            )
            guard database.changesCount == 1 else {
                throw StoreError(.constraint, "\(key.jobID): is not running, so it cannot finish")
            }
            try database.run(
                "INSERT INTO receipts (network, job_id, offer, envelope, state) VALUES (?, ?, ?, ?, 'pending')",
                [
                    key.network, key.jobID, String(decoding: finished.offer, as: UTF8.self),
                    String(decoding: finished.receipt, as: UTF8.self),
                ]
            )
        }
    }

    /// Notes that a job ended without a result.
    ///
    /// `code` is for programs, such as `backend_timeout`; `message` is for people, and never a prompt or an output; the
    /// time is the network's.
    package func jobFailed(_ job: StartedJob, code: String, message: String, at milliseconds: Int64) {
        jobEnded(job, status: .failed, code: code, message: message, at: milliseconds)
    }

    /// Notes that the gateway cancelled a job before there was output.
    ///
    /// `code` is the reason that the gateway gave, such as `caller_gone`; the time is the network's.
    package func jobCancelled(_ job: StartedJob, code: String, at milliseconds: Int64) {
        jobEnded(job, status: .cancelled, code: code, message: nil, at: milliseconds)
    }

    private func jobEnded(
        _ job: StartedJob,
        status: JobStatus,
        code: String,
        message: String?,
        at milliseconds: Int64
    ) {
        enqueueKept { database in
            try Self.insert(job, into: database)
            try database.run(
                """
                UPDATE jobs SET status = ?, error_code = ?, error_message = ?, finished_at_ms = ?
                WHERE network = ? AND job_id = ? AND status = 'running'
                """,
                [status.rawValue, code, message, milliseconds, job.key.network, job.key.jobID]
            )
        }
    }

    /// Books a job as running: also one that ended here before without a receipt, and that the network offered again.
    private static func begin(_ job: StartedJob, in database: Database) throws {
        try insert(job, into: database)
        try database.run(
            """
            UPDATE jobs SET status = 'running', model = ?, backend = ?, request_id = ?, credits_locked = ?,
                share_bps = ?, escrow_tx = ?, accepted_at_ms = ?, first_token_at_ms = NULL, finished_at_ms = NULL,
                error_code = NULL, error_message = NULL
            WHERE network = ? AND job_id = ? AND status IN ('failed', 'cancelled')
                AND NOT EXISTS (SELECT 1 FROM receipts WHERE network = jobs.network AND job_id = jobs.job_id)
            """,
            [
                job.model, job.backend, job.requestID, job.creditsLocked, job.shareBasisPoints, job.escrowTransaction,
                job.acceptedAt, job.key.network, job.key.jobID,
            ]
        )
    }

    private static func insert(_ job: StartedJob, into database: Database) throws {
        try database.run(
            """
            INSERT INTO jobs (network, job_id, model, backend, request_id, status, credits_locked, share_bps, escrow_tx,
                accepted_at_ms)
            VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)
            ON CONFLICT (network, job_id) DO NOTHING
            """,
            [
                job.key.network, job.key.jobID, job.model, job.backend, job.requestID, job.creditsLocked,
                job.shareBasisPoints, job.escrowTransaction, job.acceptedAt,
            ]
        )
    }
}
