import GatewayStore
import InferenceAPI
import Receipts
import Signing
import Testing

struct GatewayHistoryTests {
    @Test func `a job is another wallet's secret`() async throws {
        try await withFundedStore { fixture, store in
            let id = try store.ledger.lock(fixture.job(1)).jobID.description
            try await store.ledger.flush()
            #expect(try await store.history.job(id, wallet: fixture.wallet.description) != nil)
            #expect(try await store.history.job(id, wallet: fixture.otherWallet.description) == nil)
        }
    }

    @Test func `pages of jobs meet, by wallet, status and model`() async throws {
        try await withFundedStore { fixture, store in
            for number in 1...7 { _ = try store.ledger.lock(fixture.job(number)) }
            _ = try await store.ledger.settle(fixture.settlement(of: 3))
            let wallet = fixture.wallet.description
            let first = try await store.history.jobs(wallet: wallet, limit: 4)
            let rest = try await store.history.jobs(wallet: wallet, limit: 4, after: first.last?.jobID)
            #expect((first + rest).map(\.jobID) == (1...7).reversed().map { GatewayFixture.jobID($0).description })
            #expect(try await store.history.jobs(status: .settled, limit: 9).map(\.creditsCharged) == [8])
            #expect(try await store.history.jobs(model: "other", limit: 9).isEmpty)
            #expect(try await store.history.jobs(wallet: fixture.otherWallet.description, limit: 9).isEmpty)
        }
    }

    @Test func `transactions say what the wallet gained and lost`() async throws {
        try await withFundedStore { fixture, store in
            for number in 1...2 { _ = try store.ledger.lock(fixture.job(number)) }
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            try await store.ledger.refund(fixture.refund(of: 2))
            let wallet = fixture.wallet.description
            let all = try await store.history.transactions(wallet: wallet, limit: 9)
            #expect(all.map(\.kind) == [.refund, .settle, .lock, .lock, .grant])
            #expect(all.map(\.credits) == [10, 2, -10, -10, 100])
            let older = try await store.history.transactions(wallet: wallet, limit: 9, before: 3)
            #expect(older.map(\.sequence) == [2, 1])
        }
    }

    @Test func `the median time to the first token is that of the recent jobs of the model`() async throws {
        try await withFundedStore { fixture, store in
            for (number, time) in [(1, 30), (2, 10), (3, 20), (4, 1_000)] {
                _ = try store.ledger.lock(fixture.job(number))
                var settlement = fixture.settlement(of: number)
                settlement.timeToFirstTokenMS = time
                settlement.completedAt = number == 4 ? 5 : 100
                _ = try await store.ledger.settle(settlement)
            }
            #expect(try await store.history.medianTimeToFirstToken(model: "tiny-chat", since: 50) == 20)
            #expect(try await store.history.medianTimeToFirstToken(model: "other", since: 50) == nil)
        }
    }

    @Test func `payouts after a number are what a worker lacks`() async throws {
        try await withFundedStore { fixture, store in
            for number in 1...4 {
                _ = try store.ledger.lock(fixture.job(number))
                _ = try await store.ledger.settle(fixture.settlement(of: number))
            }
            let worker = fixture.worker.address.description
            let lacking = try await store.history.payouts(worker: worker, after: 2, limit: 9)
            #expect(lacking.map(\.sequence) == [3, 4])
            #expect(try await store.history.payouts(worker: worker, after: 0, limit: 3).map(\.sequence) == [1, 2, 3])
        }
    }

    @Test func `a worker keeps its first day and its counts when it comes again`() async throws {
        try await withFundedStore { fixture, store in
            store.workerSeen(fixture.worker.address, name: "rig", software: "a/1", at: 10)
            _ = try store.ledger.lock(fixture.job(1))
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            store.workerSeen(fixture.worker.address, name: "rig-1", software: "a/2", at: 20)
            _ = try await store.createAccount(wallet: fixture.otherWallet, at: 1)
            let worker = try #require(try await store.history.workers().first)
            #expect(worker.name == "rig-1")
            #expect(worker.firstSeenAt == 10)
            #expect(worker.lastSeenAt == 20)
            #expect(worker.jobsSettled == 1)
            #expect(worker.payoutSequence == 1)
            let wallets = [fixture.wallet.description, fixture.otherWallet.description]
            #expect(try await store.history.accounts(limit: 9).map(\.wallet) == wallets)
            #expect(try await store.history.accounts(limit: 1).map(\.wallet) == [wallets[0]])
            #expect(try await store.history.accounts(limit: 9, after: wallets[0]).map(\.wallet) == [wallets[1]])
        }
    }

    @Test func `history reads while the daemon runs and when it is down`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(5, to: fixture.wallet, at: 0)
            let wallet = fixture.wallet.description
            #expect(try await GatewayHistory(path: fixture.path).account(wallet: wallet)?.balance.granted == 5)
            await store.shutDown()
            #expect(try await GatewayHistory(path: fixture.path).account(wallet: wallet)?.balance.granted == 5)
        }
    }
}
