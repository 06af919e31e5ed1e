import GRDB
import SQLiteStore

/// A message to a webhook, and what became of it.
package struct WebhookDelivery: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        /// To be sent, or to be sent again.
        case pending
        /// The receiver took it. The end, unless it is asked for again.
        case delivered
        /// Every attempt failed. The end, unless it is asked for again.
        case dead
    }

    /// `msg_…`: the value of `webhook-id` in every attempt.
    package let messageID: String
    package let webhookID: String
    /// What it tells of: a ``WebhookEvent``'s text.
    package let type: String
    package let status: Status
    /// Since it was made, or since it was last asked for again.
    package let attempts: Int
    /// Times are Unix milliseconds.
    package let createdAt: Int64
    /// When it is sent next; nil if it is not, or not while its webhook is disabled.
    package let dueAt: Int64?
    package let lastAttemptAt: Int64?
    /// The HTTP status of the last attempt's answer; nil if there was none.
    package let responseStatus: Int?
    /// Why the last attempt failed, for the account; nil if it did not.
    package let error: String?
}

extension WebhookDelivery {
    init(row: Row) throws {
        messageID = row["message_id"]
        webhookID = row["webhook_id"]
        type = row["type"]
        status = try row.decode("status")
        attempts = row["attempts"]
        createdAt = row["created_at_ms"]
        dueAt = row["due_at_ms"]
        lastAttemptAt = row["last_attempt_at_ms"]
        responseStatus = row["response_status"]
        error = row["error"]
    }
}
