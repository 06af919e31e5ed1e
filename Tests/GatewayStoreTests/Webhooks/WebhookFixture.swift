import Signing
import Testing
import Webhooks

@testable import GatewayStore

extension GatewayFixture {
    static let secret = WebhookSecret.make()

    /// Makes a webhook of the first wallet, whose account must be there.
    @discardableResult
    func webhook(
        _ store: GatewayStore,
        _ events: [WebhookEvent] = WebhookEvent.choices,
        url: String = "https://example.com/hook",
        threshold: Int = 50,
        of wallet: Address? = nil
    ) async throws -> Webhook {
        let new = NewWebhook(
            wallet: wallet ?? self.wallet,
            url: try WebhookURL(url, allowsInside: false),
            events: events,
            secret: Self.secret,
            creditLowThreshold: threshold,
            createdAt: 1
        )
        guard case .made(let webhook) = try await store.webhooks.create(new, limit: 16) else {
            throw Failure.notMade
        }
        return webhook
    }

    enum Failure: Error {
        case notMade
    }
}

extension GatewayStore {
    /// The bodies of all messages that are pending, in their order.
    func pendingBodies() async throws -> [String] {
        try await webhooks.due(at: .max, except: .init(), limit: 1_000).map { String(decoding: $0.body, as: UTF8.self) }
    }
}
