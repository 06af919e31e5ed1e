import GRDB
import SQLiteStore
package import Webhooks

/// A message that is to be sent now, with all that its sender needs.
package struct DueMessage: Sendable, Equatable {
    /// The value of `webhook-id`.
    package let messageID: String
    package let webhookID: String
    /// Base58.
    package let wallet: String
    package let url: String
    /// Of the URL.
    package let host: String
    package let secret: WebhookSecret
    package let body: [UInt8]
}

extension DueMessage {
    init(row: Row) throws {
        guard let secret = WebhookSecret(row["secret"]) else {
            throw StoreError(.damaged, "a column holds a webhook's secret that is none")
        }
        messageID = row["message_id"]
        webhookID = row["webhook_id"]
        wallet = row["wallet"]
        url = row["url"]
        host = row["host"]
        self.secret = secret
        body = Array((row["body"] as String).utf8)
    }
}
