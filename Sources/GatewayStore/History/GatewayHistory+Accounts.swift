import GRDB
package import SQLiteStore

extension GatewayHistory {
    /// Accounts, the oldest first, with what they have on disk: at most `limit` of those that follow `after`, the last
    /// wallet of the page before.
    package func accounts(limit: Int, after wallet: String? = nil) async throws(StoreError) -> [AccountRecord] {
        try await read { database in
            try database.rows(
                """
                SELECT * FROM accounts
                WHERE :after IS NULL OR (created_at_ms, wallet) >
                    (SELECT created_at_ms, wallet FROM accounts WHERE wallet = :after)
                ORDER BY created_at_ms, wallet LIMIT :limit
                """,
                ["after": wallet, "limit": limit]
            ).map(AccountRecord.init(row:))
        }
    }

    package func account(wallet: String) async throws(StoreError) -> AccountRecord? {
        try await read { database in
            try database.row("SELECT * FROM accounts WHERE wallet = ?", [wallet]).map(AccountRecord.init(row:))
        }
    }

    /// The keys of a wallet, the oldest first, revoked ones included.
    package func keys(wallet: String) async throws(StoreError) -> [APIKey] {
        try await read { database in
            try database.rows(
                "SELECT * FROM api_keys WHERE wallet = ? ORDER BY created_at_ms, key_id",
                [wallet]
            ).map(APIKey.init(row:))
        }
    }

    /// The ledger's entries of a wallet, the newest first: at most `limit` of those before the one with the number
    /// `before`.
    package func transactions(
        wallet: String,
        limit: Int,
        before sequence: Int? = nil
    ) async throws(StoreError) -> [TransactionRecord] {
        try await read { database in
            try database.rows(
                """
                SELECT sequence, kind, job_id, at_ms, signature,
                    (SELECT COALESCE(SUM(amount_micro_usdc), 0) FROM postings
                     WHERE postings.sequence = ledger_entries.sequence
                        AND account IN ('granted:' || wallet, 'deposited:' || wallet)) AS amount_micro_usdc
                FROM ledger_entries
                WHERE wallet = :wallet AND (:before IS NULL OR sequence < :before)
                ORDER BY sequence DESC LIMIT :limit
                """,
                ["wallet": wallet, "before": sequence, "limit": limit]
            ).map(TransactionRecord.init(row:))
        }
    }
}
