import Operations
import TestSupport
import Testing
import WorkerStore

@testable import Worker

@Suite(.timeLimit(.minutes(1)))
struct JobRetentionTests {
    private static let day: Int64 = 86_400_000

    /// Jobs that failed, one each day, the last on day 9; the clock stands at day `now`.
    private func withJobs(
        now: Int64,
        keeping age: Duration?,
        _ body: (WorkerStore, LogRecorder, ManualClock) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let log = LogRecorder()
        let store = try WorkerStore(path: folder.database, startedAt: 0, logger: log.logger)
        for number in 0..<10 {
            let job = StartedJob(
                key: JobKey(network: "main", jobID: "job_\(number)"),
                model: "tiny",
                backend: "llama",
                requestID: "",
                creditsLocked: 1,
                shareBasisPoints: 7_500,
                escrowTransaction: "",
                acceptedAt: Int64(number) * Self.day
            )
            store.jobFailed(job, code: "backend_error", message: "", at: job.acceptedAt)
        }
        // A commit that is awaited is behind those that are not.
        try await store.giveBackPages(0)
        let clock = ManualClock()
        let retention = JobRetention(
            store: store,
            age: { age },
            wallClock: ManualWallClock(milliseconds: now * Self.day).clock,
            clock: clock,
            logger: log.logger
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await retention.run() }
            try await body(store, log, clock)
            tasks.cancelAll()
        }
        await store.shutDown()
    }

    @Test func `jobs older than the configured age are removed, and counted still`() async throws {
        try await withJobs(now: 9, keeping: .seconds(3 * 86_400)) { (store, log, clock) async throws in
            #expect(await log.next("old jobs removed")?.metadata["jobs"] == "6")
            #expect(await clock.nextSleep() == JobRetention.interval)
            #expect(try await store.history.jobs(limit: 20).map(\.key.jobID) == ["job_9", "job_8", "job_7", "job_6"])
            #expect(try await store.history.totals().failed == 10)
        }
    }

    @Test func `nothing is removed when jobs are kept for ever, nor by a clock that ran ahead`() async throws {
        for (now, age) in [(9, nil), (100_000, .seconds(10 * 86_400))] as [(Int64, Duration?)] {
            try await withJobs(now: now, keeping: age) { (store, _, clock) async throws in
                #expect(await clock.nextSleep() == JobRetention.interval)
                #expect(try await store.history.jobs(limit: 20).count == 10)
            }
        }
    }
}
