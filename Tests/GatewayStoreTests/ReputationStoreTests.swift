import GatewayStore
import InferenceAPI
import Receipts
import Signing
import Testing

struct ReputationStoreTests {
    private func record(of worker: Address, asOf now: Int64 = 5) -> ReputationRecord {
        var record = ReputationRecord(worker: worker.description, asOf: now)
        record.accepted = 3.5
        record.completed = 2.25
        record.failed = 1
        record.proofsJudged = 2
        record.proofsAccepted = 1
        record.observedMilliseconds = 1_000
        record.upMilliseconds = 500
        record.failuresInRow = 3
        record.timesSetAside = 1
        record.setAsideUntil = 35_000
        record.setAsideReason = "the backend is gone"
        record.latencies = ["m": [100, 250], "n": [7]]
        record.failures = [.init(at: 4, jobID: "job_a", model: "m", fault: "lost")]
        return record
    }

    @Test func `what is kept of a worker is there after a restart, the last words alone`() async throws {
        try await withFixture { fixture in
            var store = try await fixture.open()
            let other = record(of: fixture.otherWallet)
            store.keep([record(of: fixture.wallet), other])
            var last = record(of: fixture.wallet, asOf: 9)
            last.setAsideUntil = nil
            last.latencies["m"] = [250, 300]
            last.failures.append(.init(at: 8, jobID: "job_b", model: "m", fault: "no_answer"))
            store.keep([last])
            await store.shutDown()
            store = try await fixture.open()
            let all = try await store.history.reputations()
            #expect(Set(all.map(\.worker)) == [last.worker, other.worker])
            #expect(try await store.history.reputations(of: last.worker) == [last])
            await store.shutDown()
        }
    }

    @Test func `a ban stays until it is lifted`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            try await store.ban(fixture.worker.address, reason: "wrong output", at: 7)
            try await store.ban(fixture.worker.address, reason: "wrong output again", at: 9)
            let ban = try #require(try await store.history.bans().first)
            #expect(ban.worker == fixture.worker.address.description)
            #expect(ban.bannedAt == 7)
            #expect(ban.reason == "wrong output again")
            #expect(try await store.unban(fixture.worker.address))
            #expect(try await !store.unban(fixture.worker.address))
            #expect(try await store.history.bans().isEmpty)
            await store.shutDown()
        }
    }

    @Test func `a worker's record has the jobs it accepted, in order and page by page`() async throws {
        try await withFundedStore { fixture, store in
            for number in 1...5 {
                _ = try store.ledger.lock(fixture.job(number))
                if number != 4 { store.ledger.accepted(fixture.acceptance(of: number)) }
            }
            _ = try await store.ledger.settle(fixture.settlement(of: 2))
            try await store.ledger.refund(fixture.refund(of: 3))
            let worker = fixture.worker.address.description
            func numbers(_ times: Range<Int64>, after: Int? = nil, limit: Int = 9) async throws -> [Int64] {
                let jobID = after.map { GatewayFixture.jobID($0).description }
                return try await store.history.acceptedJobs(of: worker, in: times, after: jobID, limit: limit)
                    .map { $0.job.createdAt }
            }
            #expect(try await numbers(0..<100) == [1, 2, 3, 5])
            #expect(try await numbers(0..<100, limit: 2) == [1, 2])
            #expect(try await numbers(0..<100, after: 2) == [3, 5])
            // Accepted one millisecond after they were made.
            #expect(try await numbers(3..<6) == [2, 3])
            let settled = try await store.history.acceptedJobs(of: worker, in: 3..<4, after: nil, limit: 9)
            #expect(settled.map(\.payoutSequence) == [1])
            #expect(try await store.history.acceptedJobs(of: "x", in: 0..<100, after: nil, limit: 9).isEmpty)
        }
    }

    @Test func `a test job is in the chain, free, paid to nobody, and accepted by the audit`() async throws {
        try await withFundedStore { fixture, store in
            for number in 1...2 {
                var job = fixture.job(number, wallet: fixture.gateway.address, maxOutputTokens: 16)
                job.rule = ChargeRule(creditsPerRequest: 0, creditsPer1kTokens: 0, choices: 1)
                job.isTest = true
                let lock = try store.ledger.lock(job)
                #expect(lock.credits == 0)
                store.ledger.accepted(fixture.acceptance(of: number))
            }
            let settled = try await store.ledger.settle(fixture.settlement(of: 1, completionTokens: 3))
            #expect(settled.payout == nil)
            #expect(settled.amounts.creditsCharged == 0)
            try await store.ledger.refund(fixture.refund(of: 2))
            #expect(try await fixture.audit().findings == [])
            let record = try #require(try await store.history.job(GatewayFixture.jobID(1).description))
            #expect(record.isTest)
            #expect(try await store.history.workers().map(\.jobsSettled) == [0])
            #expect(
                try await store.history.payouts(worker: fixture.worker.address.description, after: 0, limit: 9).isEmpty
            )
            #expect(try await store.history.medianTimeToFirstToken(model: "tiny-chat", since: 0) == nil)
        }
    }

    @Test func `a job that locks nothing is refused unless it is a test, and a test that locks something`() async throws
    {
        try await withFundedStore { fixture, store in
            var free = fixture.job(1)
            free.rule = ChargeRule(creditsPerRequest: 0, creditsPer1kTokens: 0, choices: 1)
            #expect(throws: LedgerError.self) { try store.ledger.lock(free) }
            var priced = fixture.job(2)
            priced.isTest = true
            #expect(throws: LedgerError.self) { try store.ledger.lock(priced) }
        }
    }
}
