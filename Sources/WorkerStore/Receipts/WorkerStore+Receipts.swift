import GRDB
package import SQLiteStore

extension WorkerStore {
    /// Keeps the statement that the gateway answered a receipt with; the job is `settled`.
    ///
    /// Call it only after the statement was verified. A repetition changes nothing; a statement that comes after a
    /// refusal counts, because it is signed and the refusal is not.
    ///
    /// - Returns: Whether it was news, durable now.
    @discardableResult
    package func receiptAccepted(_ accepted: AcceptedReceipt) async throws(StoreError) -> Bool {
        try await commit { database in
            let key = accepted.key
            try database.run(
                """
                UPDATE receipts SET state = 'accepted', statement = ?, reason = NULL, decided_at_ms = ?
                WHERE network = ? AND job_id = ? AND state <> 'accepted'
                """,
                [String(decoding: accepted.statement, as: UTF8.self), accepted.settledAt, key.network, key.jobID]
            )
            guard database.changesCount == 1 else { return false }
            try database.run(
                """
                UPDATE jobs SET status = 'settled', credits = ?, micro_usdc = ?, settlement_tx = ?, settled_at_ms = ?,
                    error_code = NULL, error_message = NULL
                WHERE network = ? AND job_id = ?
                """,
                [
                    accepted.credits, accepted.microUSDC, accepted.settlementTransaction, accepted.settledAt,
                    key.network, key.jobID,
                ]
            )
            return true
        }
    }

    /// Keeps that the gateway refused a receipt; the job is `unpaid`.
    ///
    /// `reason` is the typed one, such as `job_lost`, and becomes the job's error code; `message` is the gateway's
    /// sentence, for people.
    ///
    /// - Returns: Whether it was news, durable now.
    @discardableResult
    package func receiptRefused(
        _ key: JobKey,
        reason: String,
        message: String,
        at milliseconds: Int64
    ) async throws(StoreError) -> Bool {
        try await commit { database in
            try database.run(
                """
                UPDATE receipts SET state = 'refused', reason = ?, decided_at_ms = ?
                WHERE network = ? AND job_id = ? AND state = 'pending'
                """,
                [reason, milliseconds, key.network, key.jobID]
            )
            guard database.changesCount == 1 else { return false }
            try database.run(
                """
                UPDATE jobs SET status = 'unpaid', error_code = ?, error_message = ?
                WHERE network = ? AND job_id = ?
                """,
                [reason, message, key.network, key.jobID]
            )
            return true
        }
    }
}
