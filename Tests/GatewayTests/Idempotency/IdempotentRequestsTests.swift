import GatewayStore
import HTTPTypes
import InferenceAPI
import Logging
import Signing
import Synchronization
import Testing

@testable import Gateway
@testable import Operations

@Suite struct IdempotentRequestsTests {
    private let wallet = Identity.generate().address
    private let worker = Identity.generate().address
    private let key = IdempotencyKey(sha256: .sha256([1]), requestSHA256: .sha256([2]))
    private let answer = KeptAnswer(headers: [.jobID: "job_1"], body: [1, 2, 3])

    /// Requests on a ledger whose wallet has 100 credits.
    private func withRequests(
        _ body: (IdempotentRequests, GatewayStore) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try await GatewayStore(
                path: "\(folder)/gateway.sqlite",
                identity: Identity.generate(),
                startedAt: 0,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                webhookBody: WebhookBody.render
            )
            _ = try await store.ledger.grant(100, to: wallet, at: 0)
            let clock = WallClock.live
            try await body(IdempotentRequests(settlement: LedgerSettlement(store: store), clock: clock), store)
            await store.shutDown()
        }
    }

    /// Locks the credits of a job with the key, now.
    private func lock(_ store: GatewayStore, number: Int64 = 1) throws -> RecordedJob {
        let job = RecordedJob(number, wallet: wallet, worker: worker)
        var new = job.new
        new.idempotencyKey = key
        new.createdAt = WallClock.live.nowMilliseconds
        _ = try store.ledger.lock(new)
        return job
    }

    @Test func `the same request runs once, whether it comes meanwhile or afterwards`() async throws {
        try await withRequests { requests, store in
            let runs = Counter()
            let began = Signal()
            let mayEnd = Signal()
            let first = Task {
                try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { turn in
                    runs.add()
                    _ = try lock(store)
                    turn.began { Issue.record("nobody left") }
                    began.set()
                    await mayEnd.wait()
                    return .plain(answer)
                }
            }
            await began.wait()
            // Waits when this returns.
            let second = Task.immediate {
                try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in
                    runs.add()
                    return .plain(answer)
                }
            }
            mayEnd.set()
            #expect(try await first.value.plain == answer)
            #expect(try await second.value.plain == answer.replayed)
            let third = try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in
                runs.add()
                return .plain(answer)
            }
            #expect(third.plain?.headers[.idempotentReplayed] == "true")
            #expect(third.plain?.body == answer.body)
            #expect(runs.count == 1)
        }
    }

    @Test func `an answer that is not in memory is refused with its job, and another body with a conflict`()
        async throws
    {
        try await withRequests { requests, store in
            let job = try lock(store)
            let replay = await #expect(throws: APIError.self) {
                try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in .plain(answer) }
            }
            #expect(replay?.code == .idempotencyReplay)
            #expect(replay?.jobID == job.id.description)
            #expect(replay?.message.contains(job.id.description) == true)
            let other = IdempotencyKey(sha256: key.sha256, requestSHA256: .sha256([3]))
            let conflict = await #expect(throws: APIError.self) {
                try await requests.respond(other, of: wallet, hangUp: HangUpSignal()) { _ in .plain(answer) }
            }
            #expect(conflict?.code == .idempotencyConflict)
        }
    }

    @Test func `a job that failed and was refunded may be made anew`() async throws {
        try await withRequests { requests, store in
            let error = await #expect(throws: APIError.self) {
                try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { turn in
                    let job = try lock(store)
                    turn.began {}
                    try store.ledger.decideRefund(job.refund)
                    throw APIError.workerFailed()
                }
            }
            #expect(error?.code == .workerFailed)
            let again = try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { turn in
                _ = try lock(store, number: 2)
                turn.began {}
                return .plain(answer)
            }
            #expect(again.plain == answer)
        }
    }

    @Test func `a request that got no job keeps no key, and whoever waits tries for itself`() async throws {
        try await withRequests { requests, _ in
            let began = Signal()
            let mayEnd = Signal()
            let first = Task {
                try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in
                    began.set()
                    await mayEnd.wait()
                    throw APIError.spendingCapReached(cap: 5)
                }
            }
            await began.wait()
            let second = Task.immediate {
                try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in .plain(answer) }
            }
            mayEnd.set()
            let error = await #expect(throws: APIError.self) { try await first.value }
            #expect(error?.code == .spendingCapReached)
            let made = try await second.value.plain
            #expect(made == answer)
        }
    }

    @Test func `a stream is its caller's alone`() async throws {
        try await withRequests { requests, store in
            _ = try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { turn in
                let job = try lock(store)
                turn.streams(job.id)
                let error = await #expect(throws: APIError.self) {
                    try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in .plain(answer) }
                }
                #expect(error?.code == .idempotencyReplay)
                #expect(error?.jobID == job.id.description)
                return .plain(answer)
            }
        }
    }

    @Test func `the job goes on for those who wait when its caller hangs up, and is told when all have left`()
        async throws
    {
        try await withRequests { requests, store in
            let abandoned = Signal()
            let began = Signal()
            let callers = [HangUpSignal(), HangUpSignal()]
            let isAbandoned = Mutex(false)
            let first = Task {
                try await requests.respond(key, of: wallet, hangUp: callers[0]) { turn in
                    let job = try lock(store)
                    turn.began {
                        isAbandoned.withLock { $0 = true }
                        abandoned.set()
                    }
                    return try await callers[0].notifying {
                        turn.callerLeft()
                    } during: {
                        began.set()
                        await abandoned.wait()
                        try store.ledger.decideRefund(job.refund)
                        throw APIError.workerFailed()
                    }
                }
            }
            await began.wait()
            // Waits when this returns.
            let second = Task.immediate {
                try await requests.respond(key, of: wallet, hangUp: callers[1]) { _ in .plain(answer) }
            }
            callers[0].hangUp()
            #expect(!isAbandoned.withLock { $0 }, "the second still wants the answer")
            callers[1].hangUp()
            #expect(isAbandoned.withLock { $0 })
            await #expect(throws: APIError.self) { try await first.value }
            await #expect(throws: APIError.self) { try await second.value }
            let late = try await requests.respond(key, of: wallet, hangUp: HangUpSignal()) { _ in .plain(answer) }
            #expect(late.plain == answer, "the key is free again")
        }
    }
}

extension KeptAnswer.Given {
    fileprivate var plain: KeptAnswer? {
        if case .plain(let answer) = self { answer } else { nil }
    }
}

/// Counts what happens.
private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }

    func add() {
        value.withLock { $0 += 1 }
    }
}

/// Happens once, and lets those who wait for it go on.
private final class Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func set() {
        continuation.finish()
    }

    func wait() async {
        for await _ in stream {}
    }
}
