import SQLiteStore
import Signing
import Testing
import Webhooks

@testable import GatewayStore

struct WebhookStoreTests {
    @Test func `a webhook is what it was made to be, also after a restart`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 0)
            let webhook = try await fixture.webhook(store, [.jobCompleted, .creditLow], threshold: 70)
            #expect(webhook.webhookID.hasPrefix("wh_") && webhook.webhookID.utf8.count == 23)
            #expect(webhook.status == .active && webhook.disabledReason == nil && webhook.failingSince == nil)
            #expect(webhook.events == [.jobCompleted, .creditLow])
            #expect(webhook.creditLowThreshold == 70)
            #expect(webhook.secret == GatewayFixture.secret)
            await store.shutDown()
            let reopened = try await fixture.open()
            #expect(try await reopened.webhooks.list(wallet: fixture.wallet) == [webhook])
            #expect(try await reopened.webhooks.find(webhook.webhookID, of: fixture.wallet) == webhook)
            await reopened.shutDown()
        }
    }

    @Test func `another wallet's webhook is not there`() async throws {
        try await withFundedStore { fixture, store in
            let webhook = try await fixture.webhook(store)
            let (id, other) = (webhook.webhookID, fixture.otherWallet)
            #expect(try await store.webhooks.find(id, of: other) == nil)
            #expect(try await store.webhooks.list(wallet: other) == [])
            #expect(try await store.webhooks.update(id, of: other, .init(status: .disabled), at: 2) == nil)
            #expect(try await !store.webhooks.delete(id, of: other))
            #expect(try await store.webhooks.deliveries(to: id, of: other, limit: 10) == nil)
            guard case .notFound = try await store.webhooks.test(id, of: other, at: 2) else {
                Issue.record("a test was sent for another wallet")
                return
            }
            #expect(try await store.webhooks.find(id, of: fixture.wallet) == webhook)
        }
    }

    @Test func `a wallet has an account, and no more webhooks than its bound`() async throws {
        try await withFundedStore { fixture, store in
            func create(_ wallet: Address) async throws -> WebhookStore.OnCreate {
                let new = NewWebhook(
                    wallet: wallet,
                    url: try WebhookURL("https://example.com", allowsInside: false),
                    events: [.jobFailed],
                    secret: .make(),
                    creditLowThreshold: 1,
                    createdAt: 1
                )
                return try await store.webhooks.create(new, limit: 2)
            }
            guard case .noAccount = try await create(fixture.otherWallet) else {
                Issue.record("a wallet without an account got a webhook")
                return
            }
            for _ in 1...2 {
                guard case .made = try await create(fixture.wallet) else {
                    Issue.record("a webhook within the bound was refused")
                    return
                }
            }
            guard case .tooMany = try await create(fixture.wallet) else {
                Issue.record("a webhook past the bound was made")
                return
            }
        }
    }

    @Test func `a change touches what it names`() async throws {
        try await withFundedStore { fixture, store in
            let webhook = try await fixture.webhook(store, [.jobFailed])
            let change = WebhookChange(
                url: try WebhookURL("https://other.example/x", allowsInside: false),
                events: [.jobTimeout],
                creditLowThreshold: 7
            )
            let changed = try await store.webhooks.update(webhook.webhookID, of: fixture.wallet, change, at: 2)
            #expect(changed?.url == "https://other.example/x")
            #expect(changed?.events == [.jobTimeout])
            #expect(changed?.creditLowThreshold == 7)
            #expect(changed?.status == .active)
            #expect(changed?.secret == webhook.secret)
            let same = try await store.webhooks.update(webhook.webhookID, of: fixture.wallet, .init(), at: 3)
            #expect(same == changed)
        }
    }

    @Test func `a disabled webhook keeps what is pending, gets nothing new, and goes on when it is active`()
        async throws
    {
        try await withFundedStore { fixture, store in
            let id = try await fixture.webhook(store, [.creditDeposited]).webhookID
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 5)
            _ = try await store.webhooks.update(id, of: fixture.wallet, .init(status: .disabled), at: 6)
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 7)
            #expect(try await store.pendingBodies() == [])
            let held = try await store.webhooks.deliveries(to: id, of: fixture.wallet, limit: 10)
            #expect(held?.map(\.status) == [.pending])
            #expect(held?.map(\.dueAt) == [nil])
            guard case .disabled = try await store.webhooks.test(id, of: fixture.wallet, at: 8) else {
                Issue.record("a disabled webhook was tested")
                return
            }
            _ = try await store.webhooks.update(id, of: fixture.wallet, .init(status: .active), at: 9)
            #expect(try await store.pendingBodies() == ["credit.deposited at 5: 101 available, 0 locked"])
            #expect(try await store.webhooks.nextDue(after: 8) == 9)
        }
    }

    @Test func `deleting a webhook deletes its messages`() async throws {
        try await withFundedStore { fixture, store in
            let id = try await fixture.webhook(store, [.creditDeposited]).webhookID
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 5)
            #expect(try await store.webhooks.delete(id, of: fixture.wallet))
            #expect(try await store.pendingBodies() == [])
            #expect(try await !store.webhooks.delete(id, of: fixture.wallet))
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 6)
            #expect(try await store.pendingBodies() == [])
        }
    }

    @Test func `deliveries are listed from the newest, in pages and by status`() async throws {
        try await withFundedStore { fixture, store in
            let id = try await fixture.webhook(store, [.creditDeposited]).webhookID
            for time in 1...5 { _ = try await store.ledger.grant(1, to: fixture.wallet, at: Int64(time)) }
            func page(_ after: String?, _ status: WebhookDelivery.Status? = nil) async throws -> [WebhookDelivery] {
                try await store.webhooks.deliveries(
                    to: id,
                    of: fixture.wallet,
                    status: status,
                    limit: 2,
                    after: after
                ) ?? []
            }
            let first = try await page(nil)
            #expect(first.map(\.createdAt) == [5, 4])
            let second = try await page(first.last?.messageID)
            #expect(second.map(\.createdAt) == [3, 2])
            #expect(try await page(second.last?.messageID).map(\.createdAt) == [1])
            #expect(try await page("msg_unknown") == [])
            #expect(try await page(nil, .dead) == [])
            #expect(try await page(nil, .pending) == first)
        }
    }
}
