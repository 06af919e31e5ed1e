import GatewayStore
import Signing
import Testing
import Webhooks

@testable import Gateway

/// What an operator sees of webhooks, by every way of asking.
struct WebhookRecordsTests {
    private func make(
        _ gateway: AdminHarness,
        _ url: String,
        of wallet: Address,
        at time: Int64
    ) async throws -> Webhook {
        let new = NewWebhook(
            wallet: wallet,
            url: try WebhookURL(url, allowsInside: false),
            events: [.creditDeposited],
            secret: .make(),
            creditLowThreshold: 1,
            createdAt: time
        )
        guard case .made(let webhook) = try await gateway.store.webhooks.create(new, limit: 16) else {
            throw CancellationError()
        }
        return webhook
    }

    @Test(arguments: AdminHarness.Way.allCases)
    func `webhooks come in pages with what waits and what is dead, and nothing of their owner's`(
        _ way: AdminHarness.Way
    ) async throws {
        try await AdminHarness.run(way) { gateway in
            let (wallet, other) = (Identity.generate().address, Identity.generate().address)
            for owner in [wallet, other] { _ = try await gateway.store.ledger.grant(1, to: owner, at: 0) }
            let first = try await make(gateway, "https://one.example/token", of: wallet, at: 1)
            let second = try await make(gateway, "https://two.example/", of: other, at: 2)
            for time in 3...4 { _ = try await gateway.store.ledger.grant(1, to: wallet, at: Int64(time)) }
            let due = try await gateway.store.webhooks.due(at: 9, except: .init(), limit: 9)
            var schedule = DeliverySchedule()
            schedule.waits = []
            let attempt = DeliveryAttempt(
                messageID: try #require(due.first).messageID,
                webhookID: first.webhookID,
                at: 5,
                responseStatus: nil,
                error: "no connection could be made"
            )
            _ = try await gateway.store.webhooks.record(attempt, schedule: schedule, random: 0)

            let page = try await gateway.records.webhooks(WebhookQuery(limit: 1))
            let shown = try #require(page.data.first)
            #expect(page.hasMore && page.data.count == 1)
            #expect(shown.id == first.webhookID && shown.wallet == wallet.description && shown.host == "one.example")
            #expect(shown.status == "active" && shown.pending == 1 && shown.dead == 1)
            #expect(shown.failingSince != nil && shown.lastError == "no connection could be made")
            let rest = try await gateway.records.webhooks(WebhookQuery(after: shown.id))
            #expect(rest.data.map(\.id) == [second.webhookID] && !rest.hasMore)
            let others = try await gateway.records.webhooks(WebhookQuery(wallet: other))
            #expect(others.data == rest.data)

            let counts = try await gateway.store.history.webhookCounts()
            #expect(counts.active == 2 && counts.disabled == 0 && counts.waitingMessages == 1)
        }
    }
}
