import Signing
import Testing
import Webhooks

@testable import GatewayStore

/// The queue as its sender sees it.
struct WebhookQueueTests {
    private let schedule = DeliverySchedule()
    private static let day: Int64 = 86_400_000

    private func withMessages(
        at times: [Int64],
        _ body: (GatewayFixture, GatewayStore, [DueMessage]) async throws -> Void
    ) async throws {
        try await withFundedStore { fixture, store in
            try await fixture.webhook(store, [.creditDeposited])
            for time in times { _ = try await store.ledger.grant(1, to: fixture.wallet, at: time) }
            try await body(fixture, store, try await store.webhooks.due(at: .max, except: .init(), limit: 100))
        }
    }

    private func attempt(
        _ message: DueMessage,
        at time: Int64,
        _ error: String? = nil,
        status: Int? = nil
    ) -> DeliveryAttempt {
        DeliveryAttempt(
            messageID: message.messageID,
            webhookID: message.webhookID,
            at: time,
            responseStatus: status,
            error: error
        )
    }

    @Test func `what is due comes in the order of its time`() async throws {
        try await withMessages(at: [30, 10, 20]) { _, store, all in
            #expect(try await store.webhooks.due(at: 9, except: .init(), limit: 10).isEmpty)
            #expect(try await store.webhooks.nextDue(after: 9) == 10)
            let due = try await store.webhooks.due(at: 20, except: .init(), limit: 10)
            #expect(due.map(\.messageID) == all.prefix(2).map(\.messageID))
            #expect(due.first?.url == "https://example.com/hook")
            #expect(due.first?.secret == GatewayFixture.secret)
            #expect(try await store.webhooks.due(at: 30, except: .init(), limit: 1) == [all[0]])
            #expect(try await store.webhooks.nextDue(after: 30) == nil)
        }
    }

    @Test func `what is excluded is left`() async throws {
        try await withMessages(at: [1, 2]) { _, store, all in
            func left(
                without names: Set<String>,
                _ kind: WritableKeyPath<WebhookStore.Exclusion, Set<String>>
            )
                async throws -> [DueMessage]
            {
                var exclusion = WebhookStore.Exclusion()
                exclusion[keyPath: kind] = names
                return try await store.webhooks.due(at: 9, except: exclusion, limit: 10)
            }
            let withoutFirst = try await left(without: [all[0].messageID], \.messageIDs)
            let withoutWebhook = try await left(without: [all[0].webhookID], \.webhookIDs)
            let withoutWallet = try await left(without: [all[0].wallet], \.wallets)
            let withoutHost = try await left(without: [all[0].host], \.hosts)
            let withoutOther = try await left(without: ["another"], \.hosts)
            #expect(withoutFirst == [all[1]])
            #expect(withoutWebhook == [] && withoutWallet == [] && withoutHost == [])
            #expect(withoutOther == all)
        }
    }

    @Test func `the wallet with the fewest messages on their way goes first, whatever waited longest`() async throws {
        try await withMessages(at: [1, 2, 3]) { fixture, store, backlog in
            let other = fixture.otherWallet
            _ = try await store.ledger.grant(1, to: other, at: 4)
            try await fixture.webhook(store, [.creditDeposited], url: "https://other.example", of: other)
            for time: Int64 in [5, 6] { _ = try await store.ledger.grant(1, to: other, at: time) }
            let (first, second) = (fixture.wallet.description, other.description)
            func turns(_ onTheirWay: [String: Int], limit: Int = 9) async throws -> [String] {
                try await store.webhooks.due(at: 9, except: .init(), onTheirWay: onTheirWay, limit: limit).map(\.wallet)
            }
            #expect(try await turns([:]) == [first, second, first, second, first])
            #expect(try await turns([first: 1]) == [second, first, second, first, first])
            #expect(try await turns([first: 7], limit: 1) == [second])
            #expect(try await turns([first: 7, second: 8], limit: 1) == [first])
            #expect(try await store.webhooks.due(at: 9, except: .init(), limit: 1) == [backlog[0]])
        }
    }

    @Test func `a message that fails is sent again by the schedule, and is dead after the last time`() async throws {
        try await withMessages(at: [0]) { fixture, store, all in
            var time: Int64 = 0
            for (number, wait) in schedule.waits.enumerated() {
                let attempt = attempt(all[0], at: time, "no answer", status: nil)
                let due = time + wait.components.seconds * 1_000
                #expect(
                    try await store.webhooks.record(attempt, schedule: schedule, random: 0.5) == .retry(at: due),
                    "attempt \(number + 1)"
                )
                #expect(try await store.webhooks.nextDue(after: time) == due)
                time = due
            }
            let last = attempt(all[0], at: time, "the receiver answered 503", status: 503)
            #expect(try await store.webhooks.record(last, schedule: schedule, random: 0.5) == .dead)
            #expect(try await store.pendingBodies() == [])
            let shown = try await store.webhooks.deliveries(to: all[0].webhookID, of: fixture.wallet, limit: 1)?.first
            #expect(shown?.status == .dead && shown?.attempts == 8 && shown?.responseStatus == 503)
            #expect(shown?.error == "the receiver answered 503" && shown?.lastAttemptAt == time && shown?.dueAt == nil)
            let hook = try await store.webhooks.find(all[0].webhookID, of: fixture.wallet)
            #expect(hook?.failingSince == 0 && hook?.status == .active)
        }
    }

    @Test func `a message that is asked for again begins anew with the same id and body`() async throws {
        try await withMessages(at: [0]) { fixture, store, all in
            let delivered = attempt(all[0], at: 5, status: 204)
            #expect(try await store.webhooks.record(delivered, schedule: schedule, random: 0) == .delivered)
            #expect(try await store.pendingBodies() == [])
            let (message, hook) = (all[0].messageID, all[0].webhookID)
            let outcome = try await store.webhooks.redeliver(message, to: hook, of: fixture.wallet, at: 9)
            guard case .queued(let delivery) = outcome else {
                Issue.record("it was not queued: \(outcome)")
                return
            }
            #expect(delivery.status == .pending && delivery.attempts == 0 && delivery.dueAt == 9)
            #expect(try await store.webhooks.due(at: 9, except: .init(), limit: 9) == all)
            let none = try await store.webhooks.redeliver("msg_none", to: hook, of: fixture.wallet, at: 9)
            let others = try await store.webhooks.redeliver(message, to: hook, of: fixture.otherWallet, at: 9)
            for outcome in [none, others] {
                guard case .notFound = outcome else {
                    Issue.record("what is not there was queued: \(outcome)")
                    return
                }
            }
        }
    }

    @Test func `a webhook that fails for five days is disabled when a message is dead`() async throws {
        try await withMessages(at: [0, 1, 2, 3]) { fixture, store, all in
            func record(_ place: Int, _ day: Double, _ error: String?) async throws -> DeliveryAttempt.Consequence {
                let time = Int64(day * Double(Self.day))
                return try await store.webhooks.record(
                    attempt(all[place], at: time, error),
                    schedule: schedule,
                    random: 0.5
                )
            }
            func recordAllButLast(_ place: Int, _ day: Double) async throws {
                for _ in schedule.waits { _ = try await record(place, day, "no answer") }
            }
            try await recordAllButLast(0, 0)
            #expect(try await record(1, 4, nil) == .delivered)
            try await recordAllButLast(2, 5)
            // Six days after the first failure, but four after the last success.
            #expect(try await record(0, 6, "no answer") == .dead)
            // Five days of failing, but the message has attempts left.
            #expect(try await record(3, 10, "no answer") != .disabled)
            #expect(try await record(2, 10, "it timed out") == .disabled)
            let hook = try await store.webhooks.find(all[0].webhookID, of: fixture.wallet)
            #expect(hook?.status == .disabled)
            #expect(hook?.disabledReason == "no message arrived for 5 days; the last error: it timed out")
            #expect(try await store.pendingBodies() == [])
            // What was on its way when it was disabled counts, and waits like the rest.
            #expect(try await record(3, 10.1, "no answer") == .held)
            _ = try await store.webhooks.update(
                all[0].webhookID,
                of: fixture.wallet,
                .init(status: .active),
                at: 11 * Self.day
            )
            #expect(try await store.pendingBodies().count == 1)
            try await recordAllButLast(3, 11.1)
            #expect(try await record(3, 11.1, "no answer") == .dead)
        }
    }

    @Test func `a quiet webhook is not disabled by one failure long after a message that is dead`() async throws {
        try await withMessages(at: [0, 30 * Self.day]) { fixture, store, all in
            for _ in 0...schedule.waits.count {
                _ = try await store.webhooks.record(attempt(all[0], at: 0, "no answer"), schedule: schedule, random: 0)
            }
            let failed = attempt(all[1], at: 30 * Self.day, "no answer")
            let retry = try await store.webhooks.record(failed, schedule: schedule, random: 0.5)
            #expect(retry == .retry(at: 30 * Self.day + 5_000))
            let hook = try await store.webhooks.find(all[0].webhookID, of: fixture.wallet)
            #expect(hook?.status == .active && hook?.failingSince == 0)
        }
    }

    @Test func `what became of a message that was removed is nothing`() async throws {
        try await withMessages(at: [0]) { fixture, store, all in
            _ = try await store.webhooks.delete(all[0].webhookID, of: fixture.wallet)
            let attempt = attempt(all[0], at: 1, "no answer")
            #expect(try await store.webhooks.record(attempt, schedule: schedule, random: 0) == .gone)
        }
    }

    @Test func `messages are removed by their age, whatever became of them`() async throws {
        try await withMessages(at: [0, 10, 20]) { fixture, store, all in
            _ = try await store.webhooks.record(attempt(all[0], at: 1), schedule: schedule, random: 0)
            #expect(try await store.webhooks.removeMessages(before: 20) == 2)
            #expect(try await store.webhooks.removeMessages(before: 20) == 0)
            let left = try await store.webhooks.deliveries(to: all[0].webhookID, of: fixture.wallet, limit: 9)
            #expect(left?.map(\.createdAt) == [20])
        }
    }

    @Test func `a test goes to one webhook whatever it is subscribed to`() async throws {
        try await withFundedStore { fixture, store in
            let hook = try await fixture.webhook(store, [.jobFailed])
            try await fixture.webhook(store, url: "https://other.example")
            guard case .queued(let delivery) = try await store.webhooks.test(hook.webhookID, of: fixture.wallet, at: 7)
            else {
                Issue.record("the test was not queued")
                return
            }
            #expect(delivery.type == "webhook.test" && delivery.webhookID == hook.webhookID)
            #expect(try await store.pendingBodies() == ["webhook.test at 7: 100 available, 0 locked"])
        }
    }

    @Test func `a test that is pending is sent again in place of a second one`() async throws {
        try await withFundedStore { fixture, store in
            let hook = try await fixture.webhook(store, [.jobFailed])
            func test(at time: Int64) async throws -> WebhookDelivery? {
                guard
                    case .queued(let delivery) = try await store.webhooks.test(
                        hook.webhookID,
                        of: fixture.wallet,
                        at: time
                    )
                else { return nil }
                return delivery
            }
            let first = try #require(try await test(at: 7))
            let message = try #require(try await store.webhooks.due(at: 7, except: .init(), limit: 9).first)
            _ = try await store.webhooks.record(attempt(message, at: 8, "no answer"), schedule: schedule, random: 0.5)
            let again = try #require(try await test(at: 9))
            #expect(again.messageID == first.messageID && again.dueAt == 9 && again.attempts == 0)
            #expect(try await store.pendingBodies().count == 1)
            _ = try await store.webhooks.record(attempt(message, at: 10), schedule: schedule, random: 0.5)
            let second = try #require(try await test(at: 11))
            #expect(second.messageID != first.messageID && second.createdAt == 11)
        }
    }
}
