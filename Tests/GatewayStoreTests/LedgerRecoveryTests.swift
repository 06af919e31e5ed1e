import Foundation
import GatewayStore
import InferenceAPI
import Receipts
import SQLiteStore
import Signing
import StoreTestSupport
import Synchronization
import Testing

/// What the ledger does when the disk fails it, or the process dies.
struct LedgerRecoveryTests {
    @Test func `jobs that were open at a crash are refunded at the next start`() async throws {
        try await withFixture { fixture in
            let first = try await fixture.open()
            _ = try await first.ledger.grant(100, to: fixture.wallet, at: 0)
            for number in 1...3 { _ = try first.ledger.lock(fixture.job(number)) }
            _ = try await first.ledger.settle(fixture.settlement(of: 2))
            await first.shutDown()

            let second = try await fixture.open(startedAt: 777)
            #expect(second.ledger.balance(of: fixture.wallet) == CreditBalance(granted: 92, spent: 8))
            let jobs = try await second.history.jobs(limit: 9)
            #expect(jobs.map(\.status) == [.refunded, .settled, .refunded])
            #expect(jobs.first?.errorCode == "gateway_restarted")
            #expect(jobs.first?.completedAt == 777)
            let verdict = try await second.ledger.verdict(on: GatewayFixture.jobID(1), of: fixture.worker.address)
            #expect(verdict == .lost)
            await second.shutDown()
            #expect(try await fixture.audit().findings == [])
        }
    }

    @Test func `a full disk acknowledges nothing, refuses locks, and is made up for later`() async throws {
        try await withFixture { fixture in
            let pauses = Gate()
            let store = try await fixture.open(pause: { _ in await pauses.pass() })
            _ = try await store.ledger.grant(1_000, to: fixture.wallet, at: 0)
            for number in 1...3 { _ = try store.ledger.lock(fixture.job(number)) }
            try await store.ledger.flush()
            let pages = try await store.limitPages(to: 0)

            async let settled = store.ledger.settle(fixture.settlement(of: 1, padding: 100_000))
            await pauses.arrived()
            async let refunded = store.ledger.refund(fixture.refund(of: 2))
            #expect(!store.ledger.isAvailable)
            let refusal = #expect(throws: LedgerError.self) { try store.ledger.lock(fixture.job(4)) }
            #expect(refusal?.code == .storeUnavailable)
            #expect(try await store.history.job(GatewayFixture.jobID(1).description)?.status == .pending)

            try await store.limitPages(to: pages + 10_000)
            await pauses.open()
            #expect(try await settled.amounts.creditsCharged == 8)
            #expect(try await refunded.creditsRefunded == 10)
            #expect(store.ledger.isAvailable)
            _ = try store.ledger.lock(fixture.job(4))
            await store.shutDown()
            let audit = try await fixture.audit()
            #expect(audit.findings == [])
            #expect(audit.entryCount == 7)
        }
    }

    @Test func `a shutdown with a full disk ends, and what was not told is undone at the next start`() async throws {
        try await withFixture { fixture in
            let pauses = Gate()
            let store = try await fixture.open(pause: { _ in await pauses.pass() })
            _ = try await store.ledger.grant(1_000, to: fixture.wallet, at: 0)
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.flush()
            try await store.limitPages(to: 0)
            let settling = Task { try await store.ledger.settle(fixture.settlement(of: 1, padding: 100_000)) }
            await pauses.arrived()
            await store.shutDown()
            let error = await #expect(throws: LedgerError.self) { try await settling.value }
            #expect(error?.code == .storeUnavailable)
            await pauses.open()

            let second = try await fixture.open()
            #expect(second.ledger.balance(of: fixture.wallet) == CreditBalance(granted: 1_000))
            await second.shutDown()
            #expect(try await fixture.audit().findings == [])
        }
    }

    @Test func `a caller who stops waiting does not undo the settlement`() async throws {
        try await withFixture { fixture in
            let pauses = Gate()
            let store = try await fixture.open(pause: { _ in await pauses.pass() })
            _ = try await store.ledger.grant(1_000, to: fixture.wallet, at: 0)
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.flush()
            try await store.limitPages(to: 0)
            let settling = Task { try await store.ledger.settle(fixture.settlement(of: 1, padding: 100_000)) }
            await pauses.arrived()
            settling.cancel()
            let error = await #expect(throws: LedgerError.self) { try await settling.value }
            #expect(error?.code == .interrupted)
            try await store.limitPages(to: 10_000)
            await pauses.open()
            #expect(try await store.ledger.settle(fixture.settlement(of: 1)).amounts.creditsCharged == 8)
            await store.shutDown()
        }
    }

    @Test func `a newer database is refused`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            try await store.execute("PRAGMA user_version = 99")
            await store.shutDown()
            let error = await #expect(throws: StoreError.self) { _ = try await fixture.open() }
            #expect(error?.code == .newerVersion)
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func `whatever was acknowledged survives a crash at any point`(seed: UInt64) async throws {
        try await withFixture { fixture in
            var random = SeededGenerator(seed: seed)
            let store = try await fixture.open()
            _ = try await store.ledger.grant(10_000, to: fixture.wallet, at: 0)
            let acknowledged = Acknowledged()
            var copies: [(path: String, acknowledged: Set<JobID>)] = []
            await withDiscardingTaskGroup { tasks in
                for number in 1...80 {
                    guard (try? store.ledger.lock(fixture.job(number))) != nil else { continue }
                    let (chance, crash) = (
                        Int.random(in: 0..<4, using: &random), Int.random(in: 0..<12, using: &random)
                    )
                    tasks.addTask {
                        let isTold =
                            switch chance {
                            case 0: (try? await store.ledger.refund(fixture.refund(of: number))) != nil
                            case 1, 2: (try? await store.ledger.settle(fixture.settlement(of: number))) != nil
                            default: false
                            }
                        if isTold { acknowledged.insert(GatewayFixture.jobID(number)) }
                    }
                    guard crash == 0 else { continue }
                    let path = fixture.directory + "/crash-\(number).sqlite"
                    // What was told before the copy began must be in it.
                    let told = acknowledged.jobs
                    let torn = (0..<5_000).map { _ in UInt8.random(in: 0...255, using: &random) }
                    let isCopied: ()? = try? await store.copyAsAfterCrash(to: path, tornBytes: torn)
                    if isCopied != nil { copies.append((path, told)) }
                }
            }
            await store.shutDown()
            #expect(copies.contains { !$0.acknowledged.isEmpty })
            for copy in copies {
                let revived = try await fixture.open(path: copy.path)
                let balance = revived.ledger.balance(of: fixture.wallet)
                #expect(balance.locked == 0)
                #expect(balance.available + balance.spent == 10_000)
                let ended = try await revived.history.jobs(limit: 1_000)
                    .filter { $0.errorCode != "gateway_restarted" && $0.slot != nil }
                #expect(copy.acknowledged.isSubset(of: Set(ended.compactMap { JobID($0.jobID) })))
                await revived.shutDown()
                #expect(try await fixture.audit(path: copy.path).findings == [])
            }
        }
    }
}

/// The jobs whose end somebody was told.
private final class Acknowledged: Sendable {
    private let state = Mutex<Set<JobID>>([])
    var jobs: Set<JobID> { state.withLock { $0 } }

    func insert(_ job: JobID) {
        state.withLock { _ = $0.insert(job) }
    }
}

/// Holds those who pass until it is opened, and tells when the first has come.
private actor Gate {
    private var isOpen = false
    private var hasArrived = false
    private var passing: [CheckedContinuation<Void, Never>] = []
    private var watching: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        hasArrived = true
        for watcher in watching { watcher.resume() }
        watching = []
        if isOpen { return }
        await withCheckedContinuation { passing.append($0) }
    }

    func arrived() async {
        if hasArrived { return }
        await withCheckedContinuation { watching.append($0) }
    }

    func open() {
        isOpen = true
        for passer in passing { passer.resume() }
        passing = []
    }
}
