import GRDB
import InferenceAPI
import SQLiteStore
import Signing
import Testing
import Webhooks

@testable import GatewayStore

/// Which messages what happens becomes, and that they are stored with it.
struct WebhookRowsTests {
    private func bodies(
        of events: [WebhookEvent] = WebhookEvent.choices,
        threshold: Int = 50,
        _ happen: (GatewayFixture, GatewayStore) async throws -> Void
    ) async throws -> [String] {
        var bodies: [String] = []
        try await withFundedStore { fixture, store in
            try await fixture.webhook(store, events, threshold: threshold)
            try await happen(fixture, store)
            try await store.ledger.flush()
            bodies = try await store.pendingBodies()
        }
        return bodies
    }

    private let job = GatewayFixture.jobID(1)

    @Test func `a job that is paid is submitted, processing and completed`() async throws {
        let bodies = try await bodies { fixture, store in
            _ = try store.ledger.lock(fixture.job(1))
            store.ledger.accepted(fixture.acceptance(of: 1))
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
        }
        #expect(
            bodies == [
                "job.submitted at 1: \(job) pending", "job.processing at 2: \(job) processing",
                "job.completed at 51: \(job) settled",
            ]
        )
    }

    @Test(
        arguments: [
            (JobRefund.Status.refunded, "job_timeout", "job.timeout"),
            (.refunded, "gateway_restarted", "job.failed"), (.failed, "worker_failed", "job.failed"),
            (.cancelled, "cancelled", "job.failed"),
        ]
    )
    func `a job whose credits go back timed out or failed`(
        status: JobRefund.Status,
        code: String,
        event: String
    ) async throws {
        let bodies = try await bodies(of: [.jobCompleted, .jobFailed, .jobTimeout]) { fixture, store in
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.refund(fixture.refund(of: 1, status: status, code: code))
        }
        #expect(bodies == ["\(event) at 61: \(job) \(status.rawValue)"])
    }

    @Test func `a refused receipt is a dispute once, and the job's end is told apart`() async throws {
        let bodies = try await bodies(of: [.jobDisputed, .jobFailed]) { fixture, store in
            _ = try store.ledger.lock(fixture.job(1))
            store.ledger.accepted(fixture.acceptance(of: 1))
            try await store.ledger.refuse(fixture.refusal(of: 1))
            try await store.ledger.refuse(fixture.refusal(of: 1))
            try await store.ledger.refund(fixture.refund(of: 1, status: .failed, code: "invalid_proof"))
        }
        #expect(bodies == ["job.disputed at 56: \(job) processing", "job.failed at 61: \(job) failed"])
    }

    @Test func `credits are low once for each falling below, and locks do not count`() async throws {
        let bodies = try await bodies(of: [.creditLow], threshold: 90) { fixture, store in
            // 100 credits; ten are locked, and 8 charged.
            _ = try store.ledger.lock(fixture.job(1))
            _ = try store.ledger.lock(fixture.job(2))
            try await store.ledger.refund(fixture.refund(of: 2))
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            for number in 3...4 {
                _ = try store.ledger.lock(fixture.job(number))
                _ = try await store.ledger.settle(fixture.settlement(of: number))
            }
            // 76: back over the threshold, and below it again.
            _ = try await store.ledger.grant(20, to: fixture.wallet, at: 100)
            _ = try store.ledger.lock(fixture.job(101))
            _ = try await store.ledger.settle(fixture.settlement(of: 101))
        }
        #expect(bodies == ["credit.low at 53: 84 available, 0 locked", "credit.low at 151: 88 available, 0 locked"])
    }

    @Test func `webhooks hear of what they asked for, and of their own wallet`() async throws {
        try await withFundedStore { fixture, store in
            try await fixture.webhook(store, [.jobSubmitted], url: "https://one.example")
            try await fixture.webhook(store, [.jobSubmitted, .jobFailed], url: "https://two.example")
            _ = try await store.ledger.grant(100, to: fixture.otherWallet, at: 0)
            try await fixture.webhook(store, url: "https://three.example", of: fixture.otherWallet)
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.flush()
            let due = try await store.webhooks.due(at: 1, except: .init(), limit: 10)
            #expect(Set(due.map(\.host)) == ["one.example", "two.example"])
            #expect(Set(due.map(\.messageID)).count == 2)
        }
    }

    @Test func `a job that a restart refunds is told of`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(100, to: fixture.wallet, at: 0)
            try await fixture.webhook(store, [.jobFailed])
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.flush()
            await store.shutDown()
            let reopened = try await fixture.open(startedAt: 500)
            #expect(try await reopened.pendingBodies() == ["job.failed at 500: \(job) refunded"])
            await reopened.shutDown()
        }
    }

    @Test func `a commit that fails stores neither the change nor its message, and the next stores both once`()
        async throws
    {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(100, to: fixture.wallet, at: 0)
            try await fixture.webhook(store, [.creditDeposited])
            try await store.execute(
                """
                CREATE TABLE trap (armed INTEGER); INSERT INTO trap VALUES (1);
                CREATE TRIGGER no_messages BEFORE INSERT ON webhook_deliveries WHEN (SELECT armed FROM trap)
                    BEGIN SELECT RAISE(ABORT, 'not now'); END
                """
            )
            let granting = Task { try await store.ledger.grant(5, to: fixture.wallet, at: 7) }
            while store.ledger.isAvailable { await Task.yield() }
            #expect(try await store.history.account(wallet: fixture.wallet.description)?.balance.granted == 100)
            try await store.execute("UPDATE trap SET armed = 0")
            #expect(try await granting.value.granted == 105)
            #expect(try await store.pendingBodies() == ["credit.deposited at 7: 105 available, 0 locked"])
            await store.shutDown()
        }
    }

    @Test func `a webhook keeps its newest messages`() async throws {
        try await withFundedStore { fixture, store in
            let id = try await fixture.webhook(store, [.creditDeposited]).webhookID
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 1)
            try await store.execute("UPDATE webhooks SET last_number = \(WebhookRows.keptOfOneWebhook - 1)")
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 2)
            #expect(try await store.webhooks.deliveries(to: id, of: fixture.wallet, limit: 9)?.count == 2)
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 3)
            let kept = try await store.webhooks.deliveries(to: id, of: fixture.wallet, limit: 9)
            #expect(kept?.map(\.createdAt) == [3, 2])
        }
    }

    @Test func `whoever sends is told of new messages, and of nothing else`() async throws {
        try await withFundedStore { fixture, store in
            try await fixture.webhook(store, [.creditDeposited])
            var arrivals = store.webhooks.arrivals.makeAsyncIterator()
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.flush()
            _ = try await store.ledger.grant(1, to: fixture.wallet, at: 2)
            _ = await arrivals.next()
            #expect(try await store.pendingBodies().count == 1)
        }
    }
}
