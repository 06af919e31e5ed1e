import GatewayStore
import Webhooks

@testable import GatewayStore

extension DueMessage {
    /// A message of webhook `hook` and wallet `wallet`.
    static func test(
        _ id: String = "msg_1",
        hook: String = "wh_1",
        wallet: String = "w1",
        url: String = "https://example.com/hook",
        secret: WebhookSecret = .make()
    ) throws -> DueMessage {
        DueMessage(
            messageID: id,
            webhookID: hook,
            wallet: wallet,
            url: url,
            host: try WebhookURL(url, allowsInside: true).host,
            secret: secret,
            body: Array(#"{"type":"job.completed"}"#.utf8)
        )
    }
}
