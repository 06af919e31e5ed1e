import Backends
import InferenceAPI
import Receipts
import Signing
import TestSupport
import Testing
import WorkerProtocol
import WorkerStore

@testable import Worker

/// Whole jobs, from the network's offer to the row in the database, over the in-process transport.
@Suite(.timeLimit(.minutes(1)))
struct WorkerTests {
    private let folder: TemporaryDirectory
    private let network = ScriptedNetwork()

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// A backend that says "Hello" and goes on when the gate opens.
    private func haltingBackend(_ gate: Gate) -> ScriptedBackend {
        ScriptedBackend { _ in
            (
                [
                    .deltas([ChoiceDelta(index: 0, content: "Hello")]), .wait(gate),
                    .deltas([ChoiceDelta(index: 0, content: " there", finishReason: .stop)]),
                ],
                TokenUsage(promptTokens: 3, completionTokens: 2, source: .backend)
            )
        }
    }

    @Test func `a job is run, signed, settled and paid`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["Hel", "lo"]), path: folder.database) {
            worker in
            var received = network.received.makeAsyncIterator()
            let announce = try await received.announce()
            #expect(announce.models.map(\.id) == ["tiny-chat"])
            #expect(announce.lastPayoutSequence == 0)
            try await worker.untilHealthy()

            let offer = network.offer(to: worker.address)
            let accepted = try await received.accepted()
            #expect(accepted == offer.jobID.description)
            var text = ""
            let finished = try await received.finished { delta in text += delta.choices.map(\.content).joined() }
            #expect(text == "Hello")

            let receipt = try Receipt(verifying: [UInt8](finished.receipt), signer: worker.address)
            #expect(
                receipt.outputSHA256 == OutputDigest.of([FinalChoice(index: 0, content: "Hello", finishReason: .stop)])
            )
            #expect(receipt.requestSHA256 == Digest.sha256(offer.body))
            #expect(receipt.usage == TokenUsage(promptTokens: 3, completionTokens: 2, source: .backend))
            // On disk before it was sent.
            #expect(try await worker.job(offer.jobID).status == .finished)

            try network.settle(finished)
            try await worker.untilLogged("job settled")
            let row = try await worker.job(offer.jobID)
            #expect(row.status == .settled)
            #expect(row.credits == 2)
            #expect(row.microUSDC == 15_000)
            #expect(row.expectedMicroUSDC == 15_000)
            #expect(row.proofHash == receipt.proofHash.description)
            let hour = worker.parts.activity.lastHour
            var expected = ActivityCounts()
            (expected.offered, expected.accepted, expected.finished, expected.settled) = (1, 1, 1, 1)
            expected.microUSDC = 15_000
            #expect(hour.counts(network: network.identity.address, model: "tiny-chat", at: .now) == expected)
        }
    }

    @Test func `the backend gets the upstream's body and nothing of the caller's person`() async throws {
        let network = network
        let backend = ScriptedBackend(saying: ["yes"])
        try await withWorker([network], backend: backend, path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.offer(to: worker.address, body: TestOffer.body(#""user":"somebody","max_tokens":9999,"#))
            _ = try await received.finished()
            var events = backend.events.makeAsyncIterator()
            guard case .generationBegan(let body) = await events.next() else { throw Unexpected("no generation") }
            let text = String(decoding: body, as: UTF8.self)
            #expect(text.contains(#""max_tokens":500"#))
            #expect(text.contains(#""stream":true"#))
            #expect(!text.contains("somebody"))
        }
    }

    @Test func `a caller who leaves after the first token is served what there is`() async throws {
        let network = network
        let backend = haltingBackend(Gate())
        try await withWorker([network], backend: backend, path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            _ = try await received.delta()
            network.send(.cancel(offer.jobID, .callerGone))
            let finished = try await received.finished()
            let receipt = try Receipt(verifying: [UInt8](finished.receipt), signer: worker.address)
            #expect(receipt.finishReasons == [.cancelled])
            #expect(receipt.usage.source == .estimated)
            try await backend.untilCancelled()
        }
    }

    @Test func `a caller who leaves before the first token costs nobody anything`() async throws {
        let network = network
        let backend = ScriptedBackend { _ in ([.wait(Gate())], nil) }
        try await withWorker([network], backend: backend, path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            _ = try await received.accepted()
            network.send(.cancel(offer.jobID, .callerGone))
            let failed = try await received.failed()
            #expect(failed.code == .cancelled)
            try await backend.untilCancelled()
            try await worker.untilLogged("job cancelled")
        }
        let history = try WorkerHistory(path: folder.database)
        #expect(try await history.jobs(limit: 10).map(\.status) == [.cancelled])
    }

    @Test func `a lost session goes on where it was`() async throws {
        let network = network
        let gate = Gate()
        try await withWorker([network], backend: haltingBackend(gate), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            let delta = try await received.delta()
            #expect(delta.sequence == 0)
            network.breakSession()
            let announce = try await received.announce()
            #expect(announce.jobsInFlight == [offer.jobID.description])
            gate.open()
            network.send(
                .make {
                    $0.jobResume.jobID = offer.jobID.description
                    $0.jobResume.nextSequence = 0
                }
            )
            var sequences: [UInt64] = []
            let finished = try await received.finished { sequences.append($0.sequence) }
            #expect(sequences == [0, 1])
            #expect(finished.completionTokens == 2)
        }
    }

    @Test func `what changes during the handshake waits for Announce`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            let changes = Task {
                while !Task.isCancelled {
                    worker.parts.networks.stateChanged()
                    await Task.yield()
                }
            }
            defer { changes.cancel() }
            for _ in 0..<20 {
                _ = try await received.announce()
                network.breakSession()
            }
            #expect(!worker.log.records.contains { $0.metadata["code"] == "protocol_violation" })
        }
    }

    @Test func `a receipt without an answer is sent again after a restart, byte for byte`() async throws {
        let network = network
        let identity = Identity.generate()
        let first = Kept<WireJobFinished>()
        try await withWorker(
            [network],
            backend: ScriptedBackend(saying: ["yes"]),
            identity: identity,
            path: folder.database
        ) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.offer(to: worker.address)
            first.value = try await received.finished()
        }
        let again = network
        try await withWorker(
            [again],
            backend: ScriptedBackend(saying: ["no"]),
            identity: identity,
            path: folder.database
        ) { worker in
            var received = again.received.makeAsyncIterator()
            let finished = try await received.finished()
            #expect(finished == first.value)
            try again.settle(finished)
            try await worker.untilLogged("job settled")
        }
        let history = try WorkerHistory(path: folder.database)
        #expect(try await history.jobs(limit: 10).map(\.status) == [.settled])
    }

    @Test func `a forged statement pays nobody`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            let finished = try await received.finished()
            let forged = try network.statement(for: finished, signedBy: .generate())
            network.send(
                .make {
                    $0.receiptAccepted.jobID = finished.jobID
                    $0.receiptAccepted.statement = .init(forged)
                }
            )
            try await worker.untilLogged("a job is unpaid")
            let row = try await worker.job(offer.jobID)
            #expect(row.status == .unpaid)
            #expect(row.errorCode == "invalid_statement")
            #expect(row.credits == nil)
        }
    }

    @Test func `a refused receipt leaves the job unpaid, with the reason`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            let finished = try await received.finished()
            network.send(
                .make {
                    $0.receiptRefused.jobID = finished.jobID
                    $0.receiptRefused.reason = .jobLost
                    $0.receiptRefused.message = "too late"
                }
            )
            try await worker.untilLogged("a job is unpaid")
            let row = try await worker.job(offer.jobID)
            #expect(row.status == .unpaid)
            #expect(row.errorCode == "job_lost")
            #expect(worker.parts.activity.lastHour.counts(model: "tiny-chat", at: .now).unpaid == ["job_lost": 1])
        }
    }

    @Test func `two networks share the slots`() async throws {
        let (one, two) = (network, ScriptedNetwork())
        let gate = Gate()
        try await withWorker([one, two], backend: haltingBackend(gate), slots: 1, path: folder.database) { worker in
            var first = one.received.makeAsyncIterator()
            var second = two.received.makeAsyncIterator()
            _ = try await first.announce()
            _ = try await second.announce()
            try await worker.untilHealthy()
            one.offer(to: worker.address)
            _ = try await first.accepted()
            two.offer(to: worker.address)
            let refused = try await second.refused()
            #expect(refused.reason == .atCapacity)
            gate.open()
            _ = try await first.finished()
        }
    }

    @Test func `a draining worker refuses what comes`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            worker.parts.jobs.drain()
            network.offer(to: worker.address)
            let refused = try await received.refused()
            #expect(refused.reason == .draining)
            #expect(worker.parts.activity.lastHour.counts(model: "tiny-chat", at: .now).refused == ["draining": 1])
        }
    }

    @Test func `a paused worker says so with the cause, and takes offers again when that has gone`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let fault = Fault(name: "disk_space", message: "12 MB are free", stopsWork: true)
            #expect(worker.parts.jobs.setFaults([fault]))
            network.offer(to: worker.address)
            let refused = try await received.refused()
            #expect(refused.reason == .fault)
            #expect(refused.message == "disk_space: 12 MB are free")
            network.breakSession()
            let announce = try await received.announce()
            #expect(announce.paused)
            #expect(announce.pauseCause == .fault)
            #expect(announce.pauseReason == "disk_space: 12 MB are free")
            #expect(worker.parts.jobs.setFaults([]))
            network.offer(to: worker.address)
            _ = try await received.accepted()
        }
    }

    @Test func `neither prompt nor output is in the log or in the database`() async throws {
        let network = network
        let folder = folder
        try await withWorker(
            [network],
            backend: ScriptedBackend { _ in
                (
                    [.deltas([ChoiceDelta(index: 0, content: "output-word")]), .fail(BackendError(.failed, "broken"))],
                    nil
                )
            },
            path: folder.database
        ) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let body = #"{"model":"tiny-chat","messages":[{"role":"user","content":"prompt-word"}]}"#
            network.offer(to: worker.address, body: body)
            let failed = try await received.failed()
            #expect(failed.code == .backendError)
            try await worker.untilLogged("job failed")
            #expect(worker.parts.activity.lastHour.counts(at: .now).lost == ["backend_error": 1])
            for record in worker.log.records {
                let text = record.message + record.metadata.values.joined()
                #expect(!text.contains("prompt-word") && !text.contains("output-word"))
            }
        }
        for file in ["", "-wal"] {
            let bytes = try folder.bytes("worker.sqlite\(file)")
            #expect(!bytes.contains("prompt-word") && !bytes.contains("output-word"))
        }
    }
}
