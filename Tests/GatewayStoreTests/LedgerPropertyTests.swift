import GatewayStore
import InferenceAPI
import Receipts
import Signing
import StoreTestSupport
import Testing

/// Random histories, the same for the same seed: whatever happens in whatever order, the books hold.
struct LedgerPropertyTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `random histories keep every credit and leave a clean ledger`(seed: UInt64) async throws {
        try await withFixture { fixture in
            var history = RandomHistory(fixture: fixture, seed: seed)
            try await history.run(steps: 120)
            let audit = try await fixture.audit()
            #expect(audit.findings == [])
            #expect(audit.entryCount > 20)
        }
    }
}

/// Plays grants, locks, ends, repetitions and restarts, and keeps books of its own.
private struct RandomHistory {
    let fixture: GatewayFixture
    var random: SeededGenerator
    var granted: [Address: Int] = [:]
    var spent: [Address: Int] = [:]
    /// Open jobs and what they hold.
    var open: [Int: (wallet: Address, credits: Int)] = [:]
    var settled: [Int: SettledJob] = [:]
    var refunded: Set<Int> = []
    var lastJob = 0

    init(fixture: GatewayFixture, seed: UInt64) {
        self.fixture = fixture
        random = SeededGenerator(seed: seed)
    }

    mutating func run(steps: Int) async throws {
        var store = try await fixture.open()
        for _ in 0..<steps {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<3: try await grant(store)
            case 3..<10: lock(store)
            case 10..<14: try await settle(store)
            case 14..<16: try await refund(store)
            case 16..<19: try await repeatSomething(store)
            default:
                await store.shutDown()
                store = try await fixture.open()
                refunded.formUnion(open.keys)
                open = [:]
            }
            check(store)
        }
        await store.shutDown()
    }

    private func check(_ store: GatewayStore) {
        for wallet in [fixture.wallet, fixture.otherWallet] {
            let balance = store.ledger.balance(of: wallet)
            let locked = open.values.filter { $0.wallet == wallet }.map(\.credits).reduce(0, +)
            #expect(balance.locked == locked)
            #expect(balance.spent == spent[wallet, default: 0])
            #expect(balance.available == granted[wallet, default: 0] - locked - balance.spent)
            #expect(balance.granted >= 0)
        }
    }

    private mutating func wallet() -> Address {
        Bool.random(using: &random) ? fixture.wallet : fixture.otherWallet
    }

    private mutating func grant(_ store: GatewayStore) async throws {
        let (wallet, credits) = (wallet(), Int.random(in: 1...60, using: &random))
        _ = try await store.ledger.grant(credits, to: wallet, at: 0)
        granted[wallet, default: 0] += credits
    }

    private mutating func lock(_ store: GatewayStore) {
        lastJob += 1
        let wallet = wallet()
        let limit = Int.random(in: 1...4_000, using: &random)
        let job = fixture.job(lastJob, wallet: wallet, maxOutputTokens: limit)
        let available = store.ledger.balance(of: wallet).available
        do {
            let lock = try store.ledger.lock(job)
            #expect(lock.credits <= available)
            open[lastJob] = (wallet, lock.credits)
        } catch {
            guard case .insufficientCredits(let balance, let required) = error.code else {
                Issue.record("\(error)")
                return
            }
            #expect(balance == available && required > available)
        }
    }

    private mutating func settle(_ store: GatewayStore) async throws {
        guard let (number, lock) = open.min(by: { $0.key < $1.key }) else { return }
        let tokens = Int.random(in: 0...4_000, using: &random)
        let share = [0, 7_500, 8_500, 10_000].randomElement(using: &random) ?? 0
        let job = try await store.ledger.settle(
            fixture.settlement(of: number, completionTokens: tokens, shareBPS: share)
        )
        #expect(job.amounts.creditsLocked == lock.credits)
        open[number] = nil
        settled[number] = job
        spent[lock.wallet, default: 0] += job.amounts.creditsCharged
    }

    private mutating func refund(_ store: GatewayStore) async throws {
        guard let (number, lock) = open.max(by: { $0.key < $1.key }) else { return }
        let status = [JobRefund.Status.failed, .refunded, .cancelled].randomElement(using: &random) ?? .failed
        let job = try await store.ledger.refund(fixture.refund(of: number, status: status))
        #expect(job.creditsRefunded == lock.credits)
        open[number] = nil
        refunded.insert(number)
    }

    private mutating func repeatSomething(_ store: GatewayStore) async throws {
        if let (number, job) = settled.randomElement(using: &random) {
            let again = try await store.ledger.settle(fixture.settlement(of: number))
            #expect(again.statement == job.statement)
            let error = await #expect(throws: LedgerError.self) {
                try await store.ledger.refund(fixture.refund(of: number))
            }
            #expect(error?.code == .settledBefore)
        }
        if let number = refunded.randomElement(using: &random) {
            let error = await #expect(throws: LedgerError.self) {
                try await store.ledger.settle(fixture.settlement(of: number))
            }
            #expect(error?.code == .refundedBefore)
        }
    }
}
