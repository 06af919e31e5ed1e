import GRDB
import InferenceAPI
import SQLiteStore
package import Signing

extension CreditLedger {
    /// The job that a wallet's idempotency key belongs to: one that is open, or was settled in the last 24 hours.
    ///
    /// Whoever asks keeps others from locking with the same key until the answer is used; ``lock(_:)`` refuses a key
    /// only if it belongs to a job that memory knows of.
    ///
    /// - Parameters:
    ///   - sha256: Digest of the key.
    ///   - wallet: Whose key it is.
    ///   - milliseconds: Now, Unix time.
    /// - Returns: nil if the key is free.
    /// - Throws: ``LedgerError``: `storeUnavailable`, `interrupted`.
    package func job(
        withKey sha256: Digest,
        of wallet: Address,
        at milliseconds: Int64
    ) async throws(LedgerError) -> KeyedJob? {
        switch keyedJob(KeyedJobs.Key(wallet: wallet, sha256: sha256)) {
        case .belongs(let job): return job
        case .free: return nil
        case .lookUp:
            let oldest = milliseconds - IdempotencyKey.life
            return try await read { try KeyedJob(key: sha256, wallet: wallet, createdAfter: oldest, in: $0) }
        }
    }
}

extension KeyedJob {
    /// Reads whose key it is; nil if nobody's.
    fileprivate init?(key: Digest, wallet: Address, createdAfter oldest: Int64, in database: Database) throws {
        let stored = try database.row(
            """
            SELECT job_id, request_sha256 FROM idempotency_keys
            WHERE wallet = ? AND key_sha256 = ? AND created_at_ms > ?
            """,
            [wallet.description, key.description, oldest]
        )
        guard let row = stored else { return nil }
        jobID = try JobID(stored: row["job_id"])
        requestSHA256 = try Digest(stored: row["request_sha256"])
    }
}

extension LedgerRows {
    /// Most old keys that go with a new one, so that no commit grows long after a quiet day.
    private static let purgeLimit = 100

    /// Keeps the key of a job whose lock is stored in the same transaction, and drops keys of long ago.
    func store(key: IdempotencyKey, of job: NewJob) throws {
        try database.run(
            """
            DELETE FROM idempotency_keys WHERE job_id IN
                (SELECT job_id FROM idempotency_keys WHERE created_at_ms <= ? ORDER BY created_at_ms LIMIT ?)
            """,
            [job.createdAt - IdempotencyKey.life, Self.purgeLimit]
        )
        try database.run(
            """
            INSERT OR REPLACE INTO idempotency_keys (wallet, key_sha256, request_sha256, job_id, created_at_ms)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                job.wallet.description, key.sha256.description, key.requestSHA256.description, job.jobID.description,
                job.createdAt,
            ]
        )
    }

    /// Frees the key of a job that is refunded in the same transaction.
    func freeKey(ofJob jobID: String) throws {
        try database.run("DELETE FROM idempotency_keys WHERE job_id = ?", [jobID])
    }
}
