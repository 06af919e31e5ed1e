import GRDB
package import SQLiteStore
package import Signing
import Webhooks

// What an account sees of its messages, and asks for.

extension WebhookStore {
    /// What became of the wish to send a message.
    package enum OnSend: Sendable {
        /// It is on its way.
        case queued(WebhookDelivery)
        /// There is no such webhook, or no such message of it, or it is another wallet's.
        case notFound
        /// The webhook is disabled: nothing is sent to it.
        case disabled
    }

    /// Messages of a webhook, the newest first: at most `limit` of those that follow `after`, the last message of the
    /// page before.
    ///
    /// - Returns: nil if there is no such webhook, or if it is another wallet's.
    package func deliveries(
        to webhookID: String,
        of wallet: Address,
        status: WebhookDelivery.Status? = nil,
        limit: Int,
        after messageID: String? = nil
    ) async throws(StoreError) -> [WebhookDelivery]? {
        try await read { database in
            guard try Self.row(webhookID, of: wallet.description, in: database) != nil else { return nil }
            return try database.rows(
                """
                SELECT * FROM webhook_deliveries
                WHERE webhook_id = :webhook AND (:status IS NULL OR status = :status)
                    AND (:after IS NULL OR number < (SELECT number FROM webhook_deliveries
                        WHERE message_id = :after AND webhook_id = :webhook))
                ORDER BY number DESC LIMIT :limit
                """,
                ["webhook": webhookID, "status": status?.rawValue, "after": messageID, "limit": limit]
            ).map(WebhookDelivery.init(row:))
        }
    }

    /// Sends a message of the type `webhook.test`, with the account, whatever the webhook is subscribed to.
    ///
    /// A test that is pending is sent again in place of a new one: tests cost nothing, and must not make a backlog.
    package func test(
        _ webhookID: String,
        of wallet: Address,
        at milliseconds: Int64
    ) async throws(StoreError) -> OnSend {
        let outcome: OnSend = try await commit { [self] database in
            guard let hook = try Self.row(webhookID, of: wallet.description, in: database) else { return .notFound }
            guard try Webhook(row: hook).status == .active else { return .disabled }
            if let messageID = try Self.pendingTest(of: webhookID, in: database) {
                return try Self.sendAgain(messageID, to: webhookID, at: milliseconds, in: database)
            }
            guard let messageID = try rows(in: database).test(webhookID, at: milliseconds) else { return .disabled }
            return .queued(try Self.delivery(messageID, in: database))
        }
        wakeSender()
        return outcome
    }

    /// Sends a message again, at once and with all its attempts before it; one that arrived too.
    ///
    /// Its id and its body stay as they are.
    package func redeliver(
        _ messageID: String,
        to webhookID: String,
        of wallet: Address,
        at milliseconds: Int64
    ) async throws(StoreError) -> OnSend {
        let outcome: OnSend = try await commit { database in
            guard let hook = try Self.row(webhookID, of: wallet.description, in: database) else { return .notFound }
            guard try Webhook(row: hook).status == .active else { return .disabled }
            return try Self.sendAgain(messageID, to: webhookID, at: milliseconds, in: database)
        }
        wakeSender()
        return outcome
    }

    private static func sendAgain(
        _ messageID: String,
        to webhookID: String,
        at milliseconds: Int64,
        in database: Database
    ) throws -> OnSend {
        try database.run(
            """
            UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at_ms = ?
            WHERE message_id = ? AND webhook_id = ?
            """,
            [milliseconds, messageID, webhookID]
        )
        guard database.changesCount == 1 else { return .notFound }
        return .queued(try delivery(messageID, in: database))
    }

    /// The id of the newest test of a webhook that has neither arrived nor died.
    private static func pendingTest(of webhookID: String, in database: Database) throws -> String? {
        try database.row(
            """
            SELECT message_id FROM webhook_deliveries WHERE webhook_id = ? AND status = 'pending' AND type = ?
            ORDER BY number DESC LIMIT 1
            """,
            [webhookID, WebhookEvent.test.rawValue]
        )?["message_id"]
    }

    private static func delivery(_ messageID: String, in database: Database) throws -> WebhookDelivery {
        guard let row = try database.row("SELECT * FROM webhook_deliveries WHERE message_id = ?", [messageID]) else {
            throw StoreError(.failed, "a message that was just written is not there")
        }
        return try WebhookDelivery(row: row)
    }
}
