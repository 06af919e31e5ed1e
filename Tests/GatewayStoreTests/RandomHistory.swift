import GRDB
import InferenceAPI
import Receipts
import Signing
import StoreTestSupport
import Synchronization
import Testing

@testable import GatewayStore

/// Plays grants, locks, ends, repetitions, crashes and restarts on a ledger, and a model of it beside.
///
/// What is not awaited is decided when its call returns, and may or may not be on disk at the next crash.
struct RandomHistory {
    private static let idempotencyKeys = 1...5

    private let fixture: GatewayFixture
    private var random: SeededGenerator
    private var model = ModelLedger()
    private var store: GatewayStore
    private var path: String
    private var keys: [APIKey] = []
    private var lastJob = 0
    private var crashCount = 0
    private var now: Int64 = 1_000_000
    /// Settlements that nobody waited for.
    private var settling: [Task<Void, any Error>] = []
    private let told = ToldSettlements()

    init(fixture: GatewayFixture, seed: UInt64) async throws {
        self.fixture = fixture
        random = SeededGenerator(seed: seed)
        path = fixture.path
        store = try await fixture.open(startedAt: now)
        for wallet in [fixture.wallet, fixture.otherWallet] {
            try await grant(200, to: wallet)
            for cap in [nil, 70, 300] {
                keys.append(try await store.keys.create(wallet: wallet, name: "", at: now, spendingCap: cap).key)
            }
        }
    }

    /// - Returns: How many steps changed the books, so that a test can tell that something happened.
    mutating func run(steps: Int) async throws -> Int {
        for _ in 0..<steps {
            now += Int64.random(in: 0...3_600_000, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<3: try await grant(Int.random(in: 1...60, using: &random), to: wallet())
            case 3..<17: try await lock()
            case 17..<25: try await settle()
            case 25..<30: try await refund()
            case 30..<32: try await refuse()
            case 32..<38: try await repeatSomething()
            case 38: try await crash()
            default: try await restart()
            }
            check()
        }
        try await crash()
        check()
        await store.shutDown()
        let audit = try await fixture.audit(path: path)
        #expect(audit.findings == [])
        return audit.entryCount
    }

    /// Every credit is where the model says, and none is anywhere else.
    private func check() {
        for wallet in [fixture.wallet, fixture.otherWallet] {
            let balance = store.ledger.balance(of: wallet)
            #expect(balance == model.balance(of: wallet))
            #expect(balance.granted >= 0)
            #expect(balance.available + balance.locked + balance.spent == model.granted[wallet])
        }
        for key in keys {
            let available = model.balance(of: key.wallet).available
            let expected = min(available, model.left(of: key) ?? available)
            #expect(store.ledger.spendable(by: key.wallet, key: key) == expected)
        }
    }

    private mutating func wallet() -> Address {
        Bool.random(using: &random) ? fixture.wallet : fixture.otherWallet
    }

    private mutating func grant(_ credits: Int, to wallet: Address) async throws {
        _ = try await store.ledger.grant(credits, to: wallet, at: now)
        model.granted[wallet, default: 0] += credits
    }

    // MARK: Locks

    private mutating func lock() async throws {
        lastJob += 1
        let wallet = wallet()
        let limit = Int.random(in: 1...8_000, using: &random)
        let apiKey = keys.filter { $0.wallet == wallet }.randomElement(using: &random)
        var job = fixture.job(lastJob, wallet: wallet, maxOutputTokens: limit)
        job.keyID = apiKey?.keyID
        job.spendingCap = apiKey?.spendingCap
        job.createdAt = now
        var plan = ModelLedger.Job(
            wallet: wallet,
            apiKey: apiKey,
            request: Int.random(in: 0...1, using: &random),
            locked: ModelLedger.price(tokens: limit),
            at: now
        )
        if Bool.random(using: &random) {
            let key = Int.random(in: Self.idempotencyKeys, using: &random)
            plan.key = key
            job.idempotencyKey = IdempotencyKey(sha256: Self.digest(key), requestSHA256: Self.digest(plan.request))
            if let owner = try await owner(of: key, wallet: wallet) {
                // Memory alone refuses while the job is open; later the lookup does.
                guard model.jobs[owner]?.end == .open else { return }
                return expect(.idempotencyKeyUsed(GatewayFixture.jobID(owner)), locking: job)
            }
        }
        let balance = model.balance(of: wallet).available
        if plan.locked > balance {
            return expect(.insufficientCredits(balance: balance, required: plan.locked), locking: job)
        }
        if let cap = apiKey?.spendingCap, let left = apiKey.flatMap(model.left), plan.locked > left {
            return expect(.spendingCapReached(cap: cap), locking: job)
        }
        let lock = try store.ledger.lock(job)
        #expect(lock.credits == plan.locked)
        model.jobs[lastJob] = plan
        if Bool.random(using: &random) { store.ledger.accepted(fixture.acceptance(of: lastJob)) }
    }

    private func expect(_ code: LedgerError.Code, locking job: NewJob) {
        let error = #expect(throws: LedgerError.self) { try store.ledger.lock(job) }
        #expect(error?.code == code)
    }

    /// The number of the job that a key belongs to, which the ledger must name too.
    private func owner(of key: Int, wallet: Address) async throws -> Int? {
        let found = try await store.ledger.job(withKey: Self.digest(key), of: wallet, at: now)
        let owner = model.owner(of: key, wallet: wallet, at: now)
        #expect(found?.jobID == owner.map(GatewayFixture.jobID))
        #expect(found?.requestSHA256 == owner.flatMap { model.jobs[$0] }.map { Self.digest($0.request) })
        return owner
    }

    private static func digest(_ number: Int) -> Digest { Digest.sha256([UInt8(number)]) }

    // MARK: Ends

    private mutating func settle() async throws {
        guard let number = model.open.randomElement(using: &random), let job = model.jobs[number] else { return }
        let tokens = Int.random(in: 0...8_000, using: &random)
        let share = [0, 7_500, 8_500, 10_000].randomElement(using: &random) ?? 0
        let settlement = fixture.settlement(of: number, completionTokens: tokens, shareBPS: share)
        guard !job.isRefused else {
            let ledger = store.ledger
            let error = await #expect(throws: LedgerError.self) { try await ledger.settle(settlement) }
            #expect(error?.code == .receiptRefused)
            return
        }
        let charge = min(ModelLedger.price(tokens: tokens), job.locked)
        model.jobs[number]?.end = .settled(charge: charge)
        let (ledger, told) = (store.ledger, told)
        let task = Task.immediate {
            let settled = try await ledger.settle(settlement)
            told.add(number, settled.statement)
            #expect(settled.amounts.creditsLocked == job.locked)
            #expect(settled.amounts.creditsCharged == charge)
            #expect(settled.amounts.creditsRefunded == job.locked - charge)
            #expect(
                settled.amounts.workerMicroUSDC + settled.amounts.treasuryMicroUSDC == charge * 10_000,
                "nothing is rounded away"
            )
        }
        if Bool.random(using: &random) { try await task.value } else { settling.append(task) }
    }

    private mutating func refund() async throws {
        guard let number = model.open.randomElement(using: &random) else { return }
        let status = [JobRefund.Status.failed, .refunded, .cancelled].randomElement(using: &random) ?? .failed
        let refund = fixture.refund(of: number, status: status)
        if Bool.random(using: &random) {
            try store.ledger.decideRefund(refund)
        } else {
            let refunded = try await store.ledger.refund(refund)
            #expect(refunded.creditsRefunded == model.jobs[number]?.locked)
        }
        model.jobs[number]?.end = .refunded
    }

    private mutating func refuse() async throws {
        guard let number = model.open.randomElement(using: &random) else { return }
        _ = try await store.ledger.refuse(fixture.refusal(of: number))
        model.jobs[number]?.isRefused = true
    }

    /// Says again what was said before: nothing moves, and the answer is the same bytes.
    private mutating func repeatSomething() async throws {
        let ledger = store.ledger
        if let number = model.settled.randomElement(using: &random) {
            let again = try await ledger.settle(fixture.settlement(of: number))
            if let statement = told.statement(of: number) { #expect(again.statement == statement) }
            await expect(.settledBefore) { [fixture] in try await ledger.refund(fixture.refund(of: number)) }
            await expect(.settledBefore) { [fixture] in
                try await ledger.settle(fixture.settlement(of: number, by: Identity.generate()))
            }
        }
        let ended = model.jobs.filter { $0.value.end == .refunded || $0.value.end == .forgotten }.keys.sorted()
        if let number = ended.randomElement(using: &random) {
            let isKnown = model.jobs[number]?.end == .refunded
            await expect(isKnown ? .refundedBefore : .unknownJob) { [fixture] in
                try await ledger.settle(fixture.settlement(of: number))
            }
        }
    }

    private func expect(_ code: LedgerError.Code, _ body: @Sendable () async throws -> some Sendable) async {
        let error = await #expect(throws: LedgerError.self) { _ = try await body() }
        #expect(error?.code == code)
    }

    // MARK: Ends of the process

    private mutating func restart() async throws {
        await store.shutDown()
        for task in settling { try await task.value }
        try await open(path)
        for number in model.open { model.jobs[number]?.end = .refunded }
        settling = []
    }

    /// Goes on with the disk as it was in the middle of a commit, half a frame at its end.
    private mutating func crash() async throws {
        crashCount += 1
        let copy = fixture.directory + "/crash-\(crashCount).sqlite"
        let toldBefore = told.numbers
        let count = Int.random(in: 0...5_000, using: &random)
        let torn = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        try await store.copyAsAfterCrash(to: copy, tornBytes: torn)
        await store.shutDown()
        for task in settling { try await task.value }
        settling = []
        path = copy
        try await open(copy)
        for (number, job) in model.jobs {
            let stored = try await store.history.job(GatewayFixture.jobID(number).description)
            switch (job.end, stored?.status) {
            case (.settled, .settled), (.refunded, .failed), (.refunded, .refunded), (.refunded, .cancelled),
                (.forgotten, nil):
                break
            case (.settled, let status):
                #expect(!toldBefore.contains(number), "the settlement of job \(number) was acknowledged, and is lost")
                model.jobs[number]?.end = status == nil ? .forgotten : .refunded
                told.remove(number)
            case (.open, .refunded):
                model.jobs[number]?.end = .refunded
            case (.open, nil), (.refunded, nil):
                model.jobs[number]?.end = .forgotten
            default:
                Issue.record("job \(number) is \(job.end), and \(stored?.status.rawValue ?? "nothing") on disk")
            }
        }
        let audit = try await LedgerAudit.verify(store.history, signer: fixture.gateway.address)
        #expect(audit.findings == [])
    }

    private mutating func open(_ path: String) async throws {
        store = try await fixture.open(path: path, startedAt: now)
    }
}

/// The settlements that somebody was told of, with their statements.
private final class ToldSettlements: Sendable {
    private let statements = Mutex<[Int: [UInt8]]>([:])

    var numbers: Set<Int> { statements.withLock { Set($0.keys) } }

    func statement(of number: Int) -> [UInt8]? { statements.withLock { $0[number] } }

    func add(_ number: Int, _ statement: [UInt8]) {
        statements.withLock { $0[number] = statement }
    }

    func remove(_ number: Int) {
        statements.withLock { $0[number] = nil }
    }
}
