import Backends
import InferenceAPI
import Operations
import Receipts
import Signing
import TestSupport
import Testing
import WorkerProtocol
import WorkerStore

@testable import Worker

/// What a worker and its networks have to say to each other besides jobs.
@Suite(.timeLimit(.minutes(1)))
struct NetworkTests {
    private let folder: TemporaryDirectory
    private let network = ScriptedNetwork()

    init() throws {
        folder = try TemporaryDirectory()
    }

    // MARK: Self-test

    /// Answers a request for a test with an offer, and returns the request's number.
    private func offerTest(
        _ received: inout AsyncStream<WireWorkerMessage.OneOf_Message>.Iterator,
        to worker: TestWorker
    ) async throws -> UInt64 {
        let request = try await received.selfTestRequest()
        #expect(request.model == TestOffer.model)
        network.send(.make { $0.jobOffer = network.makeOffer(to: worker.address).freeWire })
        return request.request
    }

    @Test func `a test job goes the way of a real one, is told step by step, and leaves no row`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            // A paused worker may be tested.
            _ = worker.parts.jobs.setPaused(true)
            let test = Task { try await worker.parts.networks.connections[0].runSelfTest(model: TestOffer.model) }
            let request = try await offerTest(&received, to: worker)
            let finished = try await received.finished()
            network.send(.make { $0.receiptAccepted.jobID = finished.jobID })
            network.send(
                .make {
                    $0.selfTestResult.request = request
                    $0.selfTestResult.jobID = finished.jobID
                    $0.selfTestResult.passed = true
                    $0.selfTestResult.timeToFirstTokenMs = 12
                    $0.selfTestResult.completionTokens = 1
                }
            )
            let report = try await test.value
            #expect(report.passed && report.message == "passed")
            #expect(report.steps.map(\.name) == ["asked", "accepted", "finished", "settled", "answered"])
            #expect((report.timeToFirstTokenMs, report.completionTokens) == (12, 1))
            #expect(report.jobID == finished.jobID)
            #expect(worker.parts.activity.lastHour.counts(at: .now) == ActivityCounts())
        }
        let history = try WorkerHistory(path: folder.database)
        #expect(try await history.jobs(limit: 10).isEmpty)
    }

    @Test func `a test that a backend fails says where it ended`() async throws {
        let network = network
        let backend = ScriptedBackend { _ in ([.fail(BackendError(.timeout, "nothing for 30 s"))], nil) }
        try await withWorker([network], backend: backend, path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let test = Task { try await worker.parts.networks.connections[0].runSelfTest(model: TestOffer.model) }
            let request = try await offerTest(&received, to: worker)
            _ = try await received.failed()
            network.send(
                .make {
                    $0.selfTestResult.request = request
                    $0.selfTestResult.message = "the worker failed the job"
                }
            )
            let report = try await test.value
            #expect(!report.passed && report.message == "the worker failed the job")
            let lost = try #require(report.steps.first { $0.name == "lost" })
            #expect(lost.message.contains("backend_timeout") && lost.message.contains("nothing for 30 s"))
        }
    }

    @Test func `a test that nobody asked for, or that locks credits, is refused`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.send(.make { $0.jobOffer = network.makeOffer(to: worker.address).freeWire })
            #expect(try await received.refused().reason == .invalidOffer)
            let test = Task { try await worker.parts.networks.connections[0].runSelfTest(model: TestOffer.model) }
            let request = try await received.selfTestRequest()
            var wire = network.makeOffer(to: worker.address).wire
            wire.selfTest = true
            network.send(.make { [wire] in $0.jobOffer = wire })
            #expect(try await received.refused().reason == .invalidOffer)
            network.send(.make { $0.selfTestResult.request = request.request })
            #expect(try await test.value.steps.map(\.name) == ["asked", "refused", "answered"])
        }
    }

    @Test func `a worker with a fault is not tested`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let fault = Fault(name: "disk_space", message: "full", stopsWork: true)
            _ = worker.parts.jobs.setFaults([fault])
            let test = Task { try await worker.parts.networks.connections[0].runSelfTest(model: TestOffer.model) }
            let request = try await offerTest(&received, to: worker)
            #expect(try await received.refused().reason == .fault)
            network.send(.make { $0.selfTestResult.request = request })
            let report = try await test.value
            #expect(report.steps.contains { $0.name == "refused" && $0.message.contains("disk_space") })
        }
    }

    @Test func `a test ends with its session`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            let test = Task { try await worker.parts.networks.connections[0].runSelfTest(model: TestOffer.model) }
            _ = try await received.selfTestRequest()
            network.breakSession()
            #expect(try await test.value.message == "the session ended before the network answered")
        }
    }

    // MARK: Reconciliation

    @Test func `the network's record is asked for page by page and held against the database`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            let reconciler = worker.parts.reconciler
            let run = Task { await reconciler.reconcile(nil) }
            let known = JobID(milliseconds: network.now, random: 1)
            for number in UInt64(1)...2 {
                let request = try await received.recordRequest()
                #expect(request.afterJobID == (number == 1 ? "" : known.description))
                #expect(request.untilMs - request.sinceMs == Reconciler.window - Reconciler.settlingTime)
                network.send(
                    .make {
                        $0.recordPage.request = request.request
                        $0.recordPage.jobs = [
                            .make {
                                $0.jobID = JobID(milliseconds: known.milliseconds, random: number).description
                                $0.status = .settled
                            }
                        ]
                        $0.recordPage.hasMore_p = number == 1
                    }
                )
            }
            let report = try #require(await run.value?.networks.first)
            #expect(report.error == nil)
            #expect(report.differences.map(\.kind) == [.missingHere, .missingHere])
            #expect(reconciler.list.networks == [report])
            #expect(await reconciler.reconcile("elsewhere") == nil)
        }
    }

    @Test func `a record that breaks off is told, and keeps the one before`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            let reconciler = worker.parts.reconciler
            let first = Task { await reconciler.reconcile(nil) }
            let request = try await received.recordRequest()
            network.send(.make { $0.recordPage.request = request.request })
            let good = try #require(await first.value?.networks.first)
            let second = Task { await reconciler.reconcile(nil) }
            _ = try await received.recordRequest()
            network.breakSession()
            let bad = try #require(await second.value?.networks.first)
            #expect(bad.error == "the session ended before the network answered")
            #expect(reconciler.list.networks == [good])
        }
    }

    // MARK: Several networks

    @Test func `two sections that reach one gateway do not fight for it`() async throws {
        let network = network
        try await withWorker([network, network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) {
            worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            let ended = try #require(await worker.log.next("session ended"))
            #expect(ended.metadata["code"] == "duplicate")
            let loser = try #require(worker.parts.networks.connections.first { !$0.network.isConnected })
            let owner = try #require(worker.parts.networks.connections.first { $0.network.isConnected })
            #expect(
                loser.network.lastError
                    == "this gateway is already connected as network \(owner.configuration.name)"
                    + " (\(network.identity.address)): remove one of the two [[network]] sections"
            )
            #expect(loser.network.lastErrorCode == .duplicate)
        }
    }

    @Test func `a network that cannot be reached does not disturb another`() async throws {
        let (up, down) = (network, ScriptedNetwork())
        down.transport.setReachable(false)
        try await withWorker([down, up], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = up.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            up.offer(to: worker.address)
            try up.settle(try await received.finished())
            try await worker.untilLogged("job settled")
            #expect(worker.parts.networks.connections.map(\.network.isConnected) == [false, true])
            #expect(worker.parts.networks.connections[0].network.lastErrorCode == .lost)
        }
    }

    @Test func `what the network thinks of this worker is kept`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.send(
                .make {
                    $0.standing.models = [
                        .make {
                            $0.model = TestOffer.model
                            $0.verdict = .noDemand
                        }
                    ]
                }
            )
            // Messages are taken in order: after the offer the standing is there.
            network.offer(to: worker.address)
            _ = try await received.accepted()
            #expect(worker.parts.networks.connections[0].network.standing?[TestOffer.model]?.verdict == .noDemand)
        }
    }
}

extension TestOffer {
    /// The offer of a test: free, and marked.
    fileprivate var freeWire: WireJobOffer {
        let free = Offer(
            jobID: jobID,
            network: gateway.address,
            worker: worker,
            payoutAddress: payoutAddress,
            model: model,
            requestSHA256: Digest.sha256(body),
            maxOutputTokens: maxOutputTokens,
            rule: ChargeRule(creditsPerRequest: 0, creditsPer1kTokens: 0, choices: 1),
            creditsLocked: 0,
            shareBPS: shareBPS,
            nonce: RandomBytes.make(count: 32),
            deadlineMS: nowMS + 60_000,
            escrowTx: gateway.sign(Array("none".utf8))
        )
        var wire = wire(of: free)
        wire.selfTest = true
        return wire
    }
}
