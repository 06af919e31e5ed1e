import Backends
import InferenceAPI
import Operations
import TestSupport
import Testing
import WorkerProtocol

@testable import Worker

/// Changes of the configuration while jobs run, over the in-process transport.
@Suite(.timeLimit(.minutes(1)))
struct ConfigurationReloadTests {
    private let folder: TemporaryDirectory
    private let network = ScriptedNetwork()

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// A backend that says "Hello", waits for the gate and ends.
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

    private func text(slots: Int = 4, networks: Int = 1, replacing old: String = "", with new: String = "") -> String {
        let text = WorkerConfiguration.testText(slots: slots, networks: networks)
        return old.isEmpty ? text : text.replacing(old, with: new)
    }

    @Test func `models change under a running job, and the network is told at once`() async throws {
        let (network, gate) = (network, Gate())
        try await withWorker([network], backend: haltingBackend(gate), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.offer(to: worker.address)
            _ = try await received.delta()

            let change = try await worker.reload(
                text(slots: 1, replacing: "name = \"test\"", with: "name = \"renamed\"")
            )
            #expect(
                change.changes == [
                    "model tiny-chat: max_concurrent_jobs 4 → 1", "worker: name \"test\" → \"renamed\"",
                ]
            )
            let announce = try await received.announce()
            #expect(announce.name == "renamed")
            #expect(announce.models.map(\.slots) == [1])
            #expect(announce.models.map(\.freeSlots) == [0])
            // The session carries the job already; listing it would have it sent again.
            #expect(announce.jobsInFlight == [])
            network.offer(to: worker.address)
            let refused = try await received.refused()
            #expect(refused.reason == .atCapacity)
            gate.open()
            let finished = try await received.finished()
            #expect(finished.completionTokens == 2)
        }
    }

    @Test func `a model that is removed finishes its job and takes no other`() async throws {
        let (network, gate) = (network, Gate())
        try await withWorker([network], backend: haltingBackend(gate), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.offer(to: worker.address)
            _ = try await received.delta()
            let text = text(replacing: "id = \"tiny-chat\"", with: "id = \"other\"")
            #expect(try await worker.reload(text).changes == ["model tiny-chat: removed", "model other: added"])
            #expect(try await received.announce().models.map(\.id) == ["other"])
            network.offer(to: worker.address)
            #expect(try await received.refused().reason == .modelUnavailable)
            gate.open()
            _ = try await received.finished()
            #expect(worker.parts.models.snapshot.jobsInFlight == 0)
        }
    }

    @Test func `a changed backend takes the next job, and the old one ends with its last`() async throws {
        let (network, gate) = (network, Gate())
        let old = haltingBackend(gate)
        let new = ScriptedBackend(name: "new", saying: ["new"])
        try await withWorker([network], backend: old, others: [new], path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            network.offer(to: worker.address)
            _ = try await received.delta()
            try await worker.reload(text(replacing: "\"scripted\"", with: "\"new\""))
            _ = try await received.announce()
            try await worker.untilLogged("backend changed")
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            let finished = try await received.finished()
            #expect(finished.jobID == offer.jobID.description)
            // The first still runs on the old one, which ends with it.
            gate.open()
            #expect(try await received.finished().completionTokens == 2)
            try await old.untilEnded()
        }
    }

    @Test func `a network that is added is dialled, and one that is removed is left when its job is done`() async throws
    {
        let (one, two, gate) = (network, ScriptedNetwork(), Gate())
        try await withWorker([one, two], backend: haltingBackend(gate), configured: 1, path: folder.database) {
            worker in
            var first = one.received.makeAsyncIterator()
            var second = two.received.makeAsyncIterator()
            _ = try await first.announce()
            try await worker.untilHealthy()
            one.offer(to: worker.address)
            _ = try await first.delta()

            #expect(try await worker.reload(text(networks: 2)).changes == ["network 1: added"])
            _ = try await second.announce()
            let onlySecond = text(
                networks: 2,
                replacing: "name = \"0\"\nurl = \"http://127.0.0.1:7443\"\n[[network]]\n",
                with: ""
            )
            #expect(try await worker.reload(onlySecond).changes == ["network 0: removed"])
            #expect(worker.parts.networks.connections.map(\.configuration.name) == ["1"])
            try await first.draining()
            gate.open()
            let finished = try await first.finished()
            try one.settle(finished)
            try await worker.untilLogged("job settled")
            // The other one is served on.
            two.offer(to: worker.address)
            _ = try await second.finished()
        }
    }

    @Test func `a file with a problem changes nothing`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let text = text(slots: 1) + "\n[schedule]\nhours = [\"never\"]\n"
            let error = await #expect(throws: ConfigurationError.self) { try await worker.reload(text) }
            #expect(error?.problems.map(\.key) == ["schedule.hours"])
            try await worker.untilLogged("the changed configuration is refused; nothing was changed")
            #expect(worker.parts.models.snapshot.entries.map(\.section.maxConcurrentJobs) == [4])
            #expect(worker.parts.configuration.current.models[0].maxConcurrentJobs == 4)
            network.offer(to: worker.address)
            _ = try await received.finished()
        }
    }

    @Test func `the operator's pause outlives a reload, and a new schedule holds at once`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["yes"]), path: folder.database) { worker in
            _ = worker.parts.jobs.setPaused(true)
            let minute = "\n[schedule]\nhours = [\"Mon 00:00-00:01\"]\ntime_zone = \"Pacific/Auckland\"\n"
            // Whatever day it is, one of two zones is outside of a minute a week.
            try await worker.reload(text() + minute)
            #expect(worker.parts.jobs.admission.isPausedByOperator)
            let closed = worker.parts.jobs.admission.scheduleReason != nil
            try await worker.reload(text() + minute.replacing("Pacific/Auckland", with: "America/Los_Angeles"))
            #expect(closed || worker.parts.jobs.admission.scheduleReason != nil)
            try await worker.reload(text())
            #expect(worker.parts.jobs.admission.pauses.map(\.cause) == [.operator])
        }
    }
}
