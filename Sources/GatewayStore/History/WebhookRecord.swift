import GRDB
package import SQLiteStore

/// A webhook as an operator sees it: how it does, and nothing that would let anybody sign in its name.
package struct WebhookRecord: Sendable, Equatable {
    package let webhookID: String
    /// Base58.
    package let wallet: String
    /// Of its URL, which may hold a token of its owner's and is not for others.
    package let host: String
    package let status: Webhook.Status
    package let disabledReason: String?
    /// Times are Unix milliseconds.
    package let failingSince: Int64?
    package let createdAt: Int64
    /// Messages that are to be sent, or wait until it is active again.
    package let pendingCount: Int
    /// Messages that are kept and did not arrive.
    package let deadCount: Int
    /// Why the last attempt that failed did, of the messages that are kept.
    package let lastError: String?
}

extension WebhookRecord {
    init(row: Row) throws {
        webhookID = row["webhook_id"]
        wallet = row["wallet"]
        host = row["host"]
        status = try row.decode("status")
        disabledReason = row["disabled_reason"]
        failingSince = row["failing_since_ms"]
        createdAt = row["created_at_ms"]
        pendingCount = row["pending_count"]
        deadCount = row["dead_count"]
        lastError = row["last_error"]
    }
}

/// How many webhooks there are, and how much waits to be sent.
package struct WebhookCounts: Sendable, Equatable {
    package var active = 0
    package var disabled = 0
    /// Messages that will be sent, those of disabled webhooks not among them.
    package var waitingMessages = 0

    package init() {}
}

extension GatewayHistory {
    /// Webhooks of all wallets or one, the oldest first: at most `limit` of those that follow `after`, the last webhook
    /// of the page before.
    package func webhooks(
        wallet: String? = nil,
        limit: Int,
        after webhookID: String? = nil
    ) async throws(StoreError) -> [WebhookRecord] {
        try await read { database in
            try database.rows(
                """
                SELECT webhook_id, wallet, host, status, disabled_reason, failing_since_ms, created_at_ms,
                    (SELECT count(*) FROM webhook_deliveries
                     WHERE webhook_id = webhooks.webhook_id AND status = 'pending') AS pending_count,
                    (SELECT count(*) FROM webhook_deliveries
                     WHERE webhook_id = webhooks.webhook_id AND status = 'dead') AS dead_count,
                    (SELECT error FROM webhook_deliveries
                     WHERE webhook_id = webhooks.webhook_id AND error IS NOT NULL
                     ORDER BY last_attempt_at_ms DESC LIMIT 1) AS last_error
                FROM webhooks
                WHERE (:wallet IS NULL OR wallet = :wallet)
                    AND (:after IS NULL OR (created_at_ms, webhook_id) >
                        (SELECT created_at_ms, webhook_id FROM webhooks WHERE webhook_id = :after))
                ORDER BY created_at_ms, webhook_id LIMIT :limit
                """,
                ["wallet": wallet, "after": webhookID, "limit": limit]
            ).map(WebhookRecord.init(row:))
        }
    }

    package func webhookCounts() async throws(StoreError) -> WebhookCounts {
        try await read { database in
            let row = try database.row(
                """
                SELECT count(*) FILTER (WHERE status = 'active') AS active,
                    count(*) FILTER (WHERE status = 'disabled') AS disabled,
                    (SELECT count(*) FROM webhook_deliveries WHERE due_at_ms IS NOT NULL) AS waiting
                FROM webhooks
                """
            )
            var counts = WebhookCounts()
            if let row { (counts.active, counts.disabled, counts.waitingMessages) = (row[0], row[1], row[2]) }
            return counts
        }
    }
}
