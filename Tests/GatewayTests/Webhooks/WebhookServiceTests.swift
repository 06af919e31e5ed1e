import Logging
import Operations
import ServiceLifecycle
import Signing
import TestSupport
import Testing
import Webhooks

@testable import Gateway
@testable import GatewayStore

@Suite(.timeLimit(.minutes(5))) struct WebhookServiceTests {
    /// A store with a webhook, and the service that empties its queue.
    private struct Harness {
        static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        let store: GatewayStore
        let wallet: Address
        let webhook: Webhook
        let sender = ScriptedSender()
        let clock = ManualWallClock(milliseconds: 1_000)
        let timer = ManualClock()
        let service: WebhookService

        init(_ folder: String, limits: DeliverySlots.Limits = .init()) async throws {
            store = try await GatewayStore(
                path: "\(folder)/gateway.sqlite",
                identity: .generate(),
                startedAt: 0,
                logger: Self.logger,
                webhookBody: WebhookBody.render
            )
            wallet = Identity.generate().address
            _ = try await store.ledger.grant(100, to: wallet, at: 0)
            webhook = try await Self.webhook(store, wallet, "https://one.example")
            service = WebhookService(
                store: store.webhooks,
                sender: sender,
                limits: limits,
                clock: clock.clock,
                timer: timer,
                random: { 0.5 },
                logger: Self.logger
            )
        }

        static func webhook(_ store: GatewayStore, _ wallet: Address, _ url: String) async throws -> Webhook {
            let new = NewWebhook(
                wallet: wallet,
                url: try WebhookURL(url, allowsInside: false),
                events: [.creditDeposited],
                secret: .make(),
                creditLowThreshold: 1,
                createdAt: 0
            )
            guard case .made(let webhook) = try await store.webhooks.create(new, limit: 16) else {
                throw CancellationError()
            }
            return webhook
        }

        func grant() async throws {
            _ = try await store.ledger.grant(1, to: wallet, at: clock.clock.nowMilliseconds)
        }

        func next() async -> DueMessage? {
            for await message in sender.sent { return message }
            return nil
        }

        /// Returns once so much is counted, which comes after it is stored.
        func counted(_ tally: DeliveryMeter.Tally) async {
            while service.meter.snapshot != tally { await Task.yield() }
        }

        /// The newest delivery, once it holds to a condition.
        func delivery(until holds: (WebhookDelivery) -> Bool) async throws -> WebhookDelivery {
            while true {
                let all = try await store.webhooks.deliveries(to: webhook.webhookID, of: wallet, limit: 1)
                if let newest = all?.first, holds(newest) { return newest }
                await Task.yield()
            }
        }
    }

    private func run(
        limits: DeliverySlots.Limits = .init(),
        _ body: (Harness) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let harness = try await Harness(folder, limits: limits)
            let running = Task { await harness.service.run() }
            try await body(harness)
            running.cancel()
            await running.value
            await harness.store.shutDown()
        }
    }

    @Test func `a message is sent when it comes, and kept as delivered`() async throws {
        try await run { harness in
            try await harness.grant()
            let message = try #require(await harness.next())
            #expect(message.url == "https://one.example")
            harness.sender.answer(message, .answered(204))
            let delivery = try await harness.delivery { $0.status == .delivered }
            #expect(delivery.messageID == message.messageID && delivery.attempts == 1)
            #expect(delivery.responseStatus == 204 && delivery.error == nil)
            await harness.counted(.init(delivered: 1))
        }
    }

    @Test func `a message that fails is sent again when its time has come, with the same id and body`() async throws {
        try await run { harness in
            try await harness.grant()
            let first = try #require(await harness.next())
            harness.sender.answer(first, .answered(500))
            let delivery = try await harness.delivery { $0.attempts == 1 }
            #expect(delivery.status == .pending && delivery.dueAt == 6_000)
            #expect(delivery.error == "the receiver answered 500")
            // The pause before the next look is as long as the wait.
            while await harness.timer.nextSleep() != .seconds(5) {}
            harness.clock.advance(by: .seconds(5))
            harness.timer.advance(by: .seconds(5))
            // The sender may have looked once more between the two, and sleep anew on a clock that stands.
            harness.store.webhooks.wakeSender()
            let second = try #require(await harness.next())
            #expect(second == first)
            harness.sender.answer(second, .answered(200))
            #expect(try await harness.delivery { $0.status == .delivered }.attempts == 2)
            await harness.counted(.init(delivered: 1, failed: 1))
        }
    }

    @Test func `a receiver that hangs holds its own slots alone`() async throws {
        var limits = DeliverySlots.Limits()
        limits.ofWebhook = 1
        try await run(limits: limits) { harness in
            try await harness.grant()
            try await harness.grant()
            let hanging = try #require(await harness.next())
            let other = try await Harness.webhook(harness.store, harness.wallet, "https://two.example")
            try await harness.grant()
            let next = try #require(await harness.next())
            #expect(next.webhookID == other.webhookID)
            harness.sender.answer(hanging, .answered(200))
            let second = try #require(await harness.next())
            #expect(second.webhookID == hanging.webhookID && second != hanging)
        }
    }

    @Test func `wallets with a backlog do not keep another's message waiting`() async throws {
        var limits = DeliverySlots.Limits()
        (limits.total, limits.ofWallet) = (2, 2)
        try await run(limits: limits) { harness in
            for _ in 0..<4 { try await harness.grant() }
            let first = try #require(await harness.next())
            let second = try #require(await harness.next())
            #expect([first.wallet, second.wallet] == [harness.wallet.description, harness.wallet.description])
            let other = Identity.generate().address
            _ = try await harness.store.ledger.grant(1, to: other, at: 0)
            _ = try await Harness.webhook(harness.store, other, "https://two.example")
            harness.clock.advance(by: .seconds(1))
            _ = try await harness.store.ledger.grant(1, to: other, at: harness.clock.clock.nowMilliseconds)
            harness.sender.answer(first, .answered(200))
            let third = try #require(await harness.next())
            #expect(third.wallet == other.description, "it is the newest, and its wallet had none on their way")
        }
    }

    @Test func `what was on its way at the end is sent again at the next start`() async throws {
        try await withTemporaryFolder { folder in
            let harness = try await Harness(folder)
            let running = Task { await harness.service.run() }
            try await harness.grant()
            let message = try #require(await harness.next())
            running.cancel()
            await running.value
            let delivery = try await harness.delivery { _ in true }
            #expect(delivery.status == .pending && delivery.attempts == 0)
            #expect(try await harness.store.webhooks.due(at: 1_000, except: .init(), limit: 9) == [message])
            await harness.store.shutDown()
        }
    }

    @Test func `messages past their age are removed`() async throws {
        try await run { harness in
            try await harness.grant()
            let message = try #require(await harness.next())
            harness.sender.answer(message, .answered(200))
            _ = try await harness.delivery { $0.status == .delivered }
            while await harness.timer.nextSleep() != WebhookService.removalPause {}
            harness.clock.advance(by: .milliseconds(WebhookService.kept + 1))
            harness.timer.advance(by: WebhookService.removalPause)
            let id = harness.webhook.webhookID
            while try await harness.store.webhooks.deliveries(to: id, of: harness.wallet, limit: 1) != [] {
                await Task.yield()
            }
        }
    }
}
