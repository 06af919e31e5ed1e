import Backends
import GRDB
import InferenceAPI
import Receipts
import SQLiteStore
import TestSupport
import Testing
import WorkerProtocol

@testable import Worker
@testable import WorkerStore

/// Jobs whose receipts cannot be stored for a while.
@Suite(.timeLimit(.minutes(1)))
struct UnwritableDatabaseTests {
    private let folder: TemporaryDirectory
    private let network = ScriptedNetwork()

    init() throws {
        folder = try TemporaryDirectory()
    }

    @Test func `a receipt is not sent before it is stored, offers are refused, and all comes right by itself`()
        async throws
    {
        let network = network
        let gate = Gate()
        let backend = ScriptedBackend { _ in
            (
                [
                    .deltas([ChoiceDelta(index: 0, content: "Hello")]), .wait(gate),
                    .deltas([ChoiceDelta(index: 0, content: " there", finishReason: .stop)]),
                ],
                TokenUsage(promptTokens: 3, completionTokens: 2, source: .backend)
            )
        }
        try await withWorker([network], backend: backend, path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            _ = try await received.delta()
            try await worker.store.setWritable(false)
            gate.open()
            // The job and the watch hear of the failure on their own tasks.
            try await worker.untilLogged(all: ["a write waits for the database", "a fault stops new work"])
            network.offer(to: worker.address)
            let refused = try await received.refused { finished in
                Issue.record("sent before it was stored: \(finished.jobID)")
            }
            #expect(refused.reason == .fault)
            #expect(refused.message.hasPrefix("database: receipts cannot be stored") == true)
            #expect(try await worker.store.history.evidence(ofJob: offer.jobID.description) == nil)
            #expect(worker.parts.jobs.admission.wire.cause == .fault)

            try await worker.store.setWritable(true)
            let finished = try await received.finished()
            let evidence = try await worker.store.history.evidence(ofJob: offer.jobID.description)
            #expect(evidence?.receipt == [UInt8](finished.receipt))
            worker.parts.faults.lookNow()
            try await worker.untilLogged("a fault is gone")
            #expect(worker.parts.jobs.admission.pause == nil)
        }
    }

    @Test func `a verdict that cannot be stored waits and is booked`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["Hi"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            let offer = network.offer(to: worker.address)
            let finished = try await received.finished()
            try await worker.store.setWritable(false)
            try network.settle(finished)
            try await worker.untilLogged("a write waits for the database")
            try await worker.store.setWritable(true)
            try await worker.untilLogged("job settled")
            #expect(try await worker.job(offer.jobID).status == .settled)
        }
    }

    @Test func `a shutdown does not wait for a disk that stays full`() async throws {
        let network = network
        try await withWorker([network], backend: ScriptedBackend(saying: ["Hi"]), path: folder.database) { worker in
            var received = network.received.makeAsyncIterator()
            _ = try await received.announce()
            try await worker.untilHealthy()
            try await worker.store.setWritable(false)
            let offer = network.offer(to: worker.address)
            try await worker.untilLogged("a write waits for the database")
            worker.parts.jobs.abandonJobs()
            let failed = try await received.failed()
            #expect(failed.jobID == offer.jobID.description)
            await worker.parts.jobs.waitUntilIdle()
        }
    }
}

extension WorkerStore {
    /// Makes every write fail, as on a file system that has become read-only, or ends that.
    fileprivate func setWritable(_ isWritable: Bool) async throws {
        try await pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA query_only = \(isWritable ? "OFF" : "ON")")
        }
    }
}
