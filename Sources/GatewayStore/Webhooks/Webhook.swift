import GRDB
import SQLiteStore
package import Webhooks

/// An account's wish to be told of what happens to its jobs and credits.
package struct Webhook: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable {
        /// Events become messages, and messages are sent.
        case active
        /// Nothing new is kept for it, and what is pending waits.
        case disabled
    }

    /// `wh_…`.
    package let webhookID: String
    /// Base58.
    package let wallet: String
    package let url: String
    package let events: [WebhookEvent]
    package let secret: WebhookSecret
    /// `credit.low` is sent when the balance falls below so many credits.
    package let creditLowThreshold: Int
    package let status: Status
    /// Why the gateway disabled it; nil if it is active, or if its owner did.
    package let disabledReason: String?
    /// The first failure since a message arrived last, Unix milliseconds; nil if the last one arrived.
    package let failingSince: Int64?
    /// Unix milliseconds.
    package let createdAt: Int64
}

extension Webhook {
    init(row: Row) throws {
        let names: String = row["events"]
        guard let secret = WebhookSecret(row["secret"]) else {
            throw StoreError(.damaged, "a column holds a webhook's secret that is none")
        }
        webhookID = row["webhook_id"]
        wallet = row["wallet"]
        url = row["url"]
        events = try names.split(separator: ",").map { name in
            guard let event = WebhookEvent(rawValue: String(name)) else {
                throw StoreError(.damaged, "a column holds the event of a webhook that is none")
            }
            return event
        }
        self.secret = secret
        creditLowThreshold = row["credit_low_threshold"]
        status = try row.decode("status")
        disabledReason = row["disabled_reason"]
        failingSince = row["failing_since_ms"]
        createdAt = row["created_at_ms"]
    }
}

extension [WebhookEvent] {
    /// As the column holds them.
    var column: String { map(\.rawValue).joined(separator: ",") }
}
