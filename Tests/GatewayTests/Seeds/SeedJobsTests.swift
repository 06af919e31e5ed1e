import Backends
import FoundationEssentials
import GatewayStore
import InferenceAPI
import Logging
import Operations
import Receipts
import Signing
import TestSupport
import Testing

@testable import Gateway

/// Jobs that a seed provider does, through coordinator, ledger and checks.
@Suite struct SeedJobsTests {
    private func seeds(_ upstreams: [String: ScriptedBackend]) throws -> SeedProviders {
        let providers = try upstreams.keys.sorted().map {
            try SeedPoolTests.provider($0, models: ["qwen3-8b": "upstream-8b"])
        }
        return SeedProviders(
            pool: SeedPool(providers),
            http: nil,
            upstreams: upstreams,
            clock: .live,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func submit(to gateway: NetworkHarness, stream: Bool = false) async throws -> Job {
        let wallet = Identity.generate().address
        let now = WallClock.live.nowMilliseconds
        _ = try await gateway.store.ledger.grant(1_000, to: wallet, at: now)
        let body = Array(
            #"{"model":"qwen3-8b","messages":[{"role":"user","content":"hello"}],"stream":\#(stream)}"#.utf8
        )
        let request = try InferenceRequest.parse(body, as: .chatCompletions)
        return try gateway.jobs.submit(.init(request: request, body: body, wallet: wallet, requestID: "test"))
    }

    private func completion(of job: Job) async -> JobExchange.Completion {
        while true {
            if case .completed(let completion) = await job.next() { return completion }
        }
    }

    @Test func `without a worker the gateway does the job itself, and keeps the whole charge`() async throws {
        let upstream = ScriptedBackend(saying: ["one", " two"])
        try await NetworkHarness.run(seeds: seeds(["a": upstream])) { gateway in
            let job = try await submit(to: gateway)
            guard case .settled(let paid) = await completion(of: job) else {
                return #expect(Bool(false), "not settled: \(job.trouble ?? "")")
            }
            #expect(job.choices[0].content == "one two")
            #expect(paid.receipt.worker == gateway.identity.address)
            #expect(paid.settled.amounts.creditsCharged == 8)
            #expect(paid.settled.amounts.workerMicroUSDC == 0)
            #expect(paid.settled.amounts.treasuryMicroUSDC == 80_000)
            #expect(paid.settled.payout == nil)
            let report = try await LedgerAudit.verify(gateway.store.history, signer: gateway.identity.address)
            #expect(report.isClean)
            // It is no worker: nothing of it is in the book or in the pool's median.
            #expect(gateway.hub.moment.reputation.workers.isEmpty)
            let now = WallClock.live.nowMilliseconds
            #expect(gateway.jobs.latencies.median(of: "qwen3-8b", atMilliseconds: now) == nil)
        }
    }

    @Test func `the upstream is asked by its own name for the model`() async throws {
        let upstream = ScriptedBackend(saying: ["one"])
        try await NetworkHarness.run(seeds: seeds(["a": upstream])) { gateway in
            let job = try await submit(to: gateway)
            _ = await completion(of: job)
            var events = upstream.events.makeAsyncIterator()
            guard case .generationBegan(let body) = await events.next() else {
                return #expect(Bool(false), "nothing was asked")
            }
            #expect(String(decoding: body, as: UTF8.self).contains(#""model":"upstream-8b""#))
        }
    }

    @Test func `a worker with a free slot comes before a seed provider`() async throws {
        let upstream = ScriptedBackend(saying: ["one"])
        try await NetworkHarness.run(seeds: seeds(["a": upstream])) { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                _ = try await worker.announce(slots: 1)
                let first = try await submit(to: gateway)
                try worker.work(on: try await worker.offer(), for: gateway.identity.address)
                guard case .settled(let paid) = await completion(of: first) else {
                    return #expect(Bool(false), "not settled")
                }
                #expect(paid.receipt.worker == worker.identity.address)
            }
        }
    }

    @Test func `a job that finds every slot busy goes to a seed provider instead of waiting`() async throws {
        let upstream = ScriptedBackend(saying: ["one"])
        try await NetworkHarness.run(seeds: seeds(["a": upstream])) { gateway in
            try await ProtocolWorker.run(in: gateway) { worker in
                _ = try await worker.announce(slots: 1)
                let first = try await submit(to: gateway)
                let offer = try await worker.offer()
                let second = try await submit(to: gateway)
                guard case .settled(let paid) = await completion(of: second) else {
                    return #expect(Bool(false), "not settled")
                }
                #expect(paid.receipt.worker == gateway.identity.address)
                try worker.work(on: offer, for: gateway.identity.address)
                _ = await completion(of: first)
            }
        }
    }

    @Test func `a job that one provider fails goes to the next one`() async throws {
        let broken = ScriptedBackend(name: "a") { _ in ([.fail(BackendError(.unavailable, "gone"))], nil) }
        let sound = ScriptedBackend(name: "b", saying: ["one"])
        try await NetworkHarness.run(seeds: seeds(["a": broken, "b": sound])) { gateway in
            let job = try await submit(to: gateway)
            guard case .settled = await completion(of: job) else { return #expect(Bool(false), "not settled") }
        }
    }

    @Test func `a job that every provider fails costs nothing`() async throws {
        let broken = ScriptedBackend { _ in ([.fail(BackendError(.failed, "no"))], nil) }
        try await NetworkHarness.run(seeds: seeds(["a": broken])) { gateway in
            let job = try await submit(to: gateway)
            guard case .failed(let error) = await completion(of: job) else { return #expect(Bool(false), "settled") }
            #expect(error.code == .workerFailed)
            #expect(gateway.jobs.settlement.balance(of: job.wallet).available == 1_000)
        }
    }

    @Test func `a caller who hangs up after the first token is billed for what was made`() async throws {
        let gate = Gate()
        let upstream = ScriptedBackend { _ in ([.deltas([ChoiceDelta(index: 0, content: "one")]), .wait(gate)], nil) }
        try await NetworkHarness.run(seeds: seeds(["a": upstream])) { gateway in
            let job = try await submit(to: gateway, stream: true)
            guard case .deltas = await job.next() else { return #expect(Bool(false), "no delta") }
            gateway.jobs.callerGone(job)
            guard case .settled(let paid) = await completion(of: job) else {
                return #expect(Bool(false), "not settled")
            }
            #expect(paid.receipt.finishReasons == [.cancelled])
            #expect(paid.settled.amounts.creditsCharged == 8)
            // The upstream was told to stop; nothing waits behind the gate.
            gate.open()
        }
    }
}
