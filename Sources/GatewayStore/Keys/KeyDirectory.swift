import Foundation
import GRDB
package import SQLiteStore
package import Signing
import Synchronization

/// The API keys of a gateway, all in memory: a request never waits for the disk to know its caller.
package final class KeyDirectory: Sendable {
    private let keys: Mutex<[Digest: APIKey]>
    private let pool: DatabasePool
    private let group: GroupCommit

    init(pool: DatabasePool, group: GroupCommit) async throws {
        self.pool = pool
        self.group = group
        let stored = try await pool.read { try $0.rows("SELECT * FROM api_keys").map(APIKey.init(row:)) }
        keys = Mutex(Dictionary(uniqueKeysWithValues: stored.map { ($0.sha256, $0) }))
    }

    /// The key of a text, whether it can still be used or not; nil for a text that was never a key.
    package func find(_ text: String) -> APIKey? {
        // Compared as digests, so that the time of the answer says nothing about a key.
        let digest = Digest.sha256(Array(text.utf8))
        return keys.withLock { $0[digest] }
    }

    /// All keys of a wallet, or of all, the oldest first.
    package func list(wallet: Address? = nil) -> [APIKey] {
        keys.withLock { keys in keys.values.filter { wallet == nil || $0.wallet == wallet } }
            .sorted { ($0.createdAt, $0.keyID) < ($1.createdAt, $1.keyID) }
    }

    /// Makes a key for a wallet that has an account.
    ///
    /// - Parameters:
    ///   - wallet: Whose credits it spends.
    ///   - name: For people.
    ///   - kind: Live or test, as its text begins.
    ///   - milliseconds: Unix time.
    ///   - expiresAt: Unix milliseconds; nil: never.
    ///   - models: Ids of the models that it may use; nil: all.
    ///   - spendingCap: Most credits that it may spend; nil: no bound of its own.
    /// - Returns: The key's text, which is shown once and kept nowhere, and what is kept of it; durable.
    /// - Throws: ``StoreError/Code/constraint`` if the wallet has no account; else as any commit.
    package func create(
        wallet: Address,
        name: String,
        kind: APIKey.Kind = .live,
        at milliseconds: Int64,
        expiresAt: Int64? = nil,
        models: [String]? = nil,
        spendingCap: Int? = nil
    ) async throws(StoreError) -> (text: String, key: APIKey) {
        let text = KeyText.make(kind)
        let key = APIKey(
            keyID: KeyText.makeID(),
            wallet: wallet,
            sha256: Digest.sha256(Array(text.utf8)),
            name: name,
            kind: kind,
            createdAt: milliseconds,
            expiresAt: expiresAt,
            models: models,
            spendingCap: spendingCap
        )
        try await commit { database in try key.insert(into: database) }
        keys.withLock { $0[key.sha256] = key }
        return (text, key)
    }

    /// Revokes a key: at once in memory, and durably on return.
    ///
    /// - Returns: The key, with the time of its first revocation; nil if there is none with this name.
    package func revoke(keyID: String, at milliseconds: Int64) async throws(StoreError) -> APIKey? {
        let revoked = keys.withLock { keys -> APIKey? in
            guard var key = keys.values.first(where: { $0.keyID == keyID }) else { return nil }
            key.revokedAt = key.revokedAt ?? milliseconds
            keys[key.sha256] = key
            return key
        }
        guard let revoked else { return nil }
        try await commit { database in
            try database.run(
                "UPDATE api_keys SET revoked_at_ms = ? WHERE key_id = ? AND revoked_at_ms IS NULL",
                [revoked.revokedAt, keyID]
            )
        }
        return revoked
    }

    private func commit(_ write: @escaping @Sendable (Database) throws -> Void) async throws(StoreError) {
        do {
            try await group.commit(write)
        } catch {
            throw StoreError(error, path: pool.path)
        }
    }
}

extension APIKey {
    init(row: Row) throws {
        let models: String? = row["models"]
        keyID = row["key_id"]
        wallet = try Address(stored: row["wallet"])
        sha256 = try Digest(stored: row["sha256"])
        name = row["name"]
        kind = try row.decode("kind")
        createdAt = row["created_at_ms"]
        revokedAt = row["revoked_at_ms"]
        expiresAt = row["expires_at_ms"]
        self.models = try models.map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) }
        spendingCap = row["spending_cap_credits"]
    }

    fileprivate func insert(into database: Database) throws {
        let account = try database.row("SELECT 1 FROM accounts WHERE wallet = ?", [wallet.description])
        guard account != nil else {
            throw StoreError(.constraint, "\(wallet) has no account; make one first")
        }
        let models = try models.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try database.run(
            """
            INSERT INTO api_keys (key_id, wallet, sha256, name, kind, created_at_ms, expires_at_ms, models,
                spending_cap_credits)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                keyID, wallet.description, sha256.description, name, kind.rawValue, createdAt, expiresAt, models,
                spendingCap,
            ]
        )
    }
}
