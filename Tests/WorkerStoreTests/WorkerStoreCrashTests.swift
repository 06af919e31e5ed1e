import Foundation
import GRDB
import SQLiteStore
import StoreTestSupport
import Synchronization
import Testing

@testable import WorkerStore

/// A process that writes and is killed with SIGKILL, again and again on one database.
struct WorkerStoreCrashTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `what was acknowledged survives kill -9 in the middle of commits`(seed: UInt64) async throws {
        try await withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: seed)
            for round in 0..<4 {
                let count = Int.random(in: 1...120, using: &random)
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [directory = directory as String, round = round as Int, count = count as Int] in
                    try await Victim(directory: directory, round: round, killedAfter: count).run()
                }
                try await check(directory, atLeast: count)
            }
        }
    }

    private func check(_ directory: String, atLeast count: Int) async throws {
        let store = try WorkerStore.open(in: directory, startedAt: 99)
        let acknowledged = try Victim.acknowledged(in: directory)
        #expect(acknowledged.count >= count)
        for (step, number) in acknowledged {
            let job = StartedJob.sample(number)
            let evidence = try #require(try await store.history.evidence(of: job.key))
            #expect(evidence.receipt == FinishedJob.sample(job).receipt)
            switch step {
            case .finished: break
            case .settled: #expect(evidence.state == .accepted)
            case .paid: #expect(try await store.history.payout(of: job.key) != nil)
            }
        }
        let totals = try await store.history.totals()
        #expect(totals.running == 0, "what ran is failed at the start")
        let faults = try await store.pool.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT job_id FROM jobs LEFT JOIN receipts USING (network, job_id)
                    WHERE (status IN ('finished', 'settled')) <> (envelope IS NOT NULL)
                        OR (status = 'settled') <> (coalesce(state, '') = 'accepted')
                    """
            )
        }
        #expect(faults == [], "a job and its receipt are stored together")
        await store.shutDown()
        let path = directory + "/worker.sqlite"
        #expect(try ReleasedDatabase.read(path, "PRAGMA integrity_check") == ["ok"])
    }
}

/// Lets jobs run side by side, writes down outside the database what it was told is durable, and kills itself.
private struct Victim: Sendable {
    enum Step: String {
        case finished, settled, paid
    }

    let directory: String
    let round: Int
    /// How many acknowledgements it lives for.
    let killedAfter: Int

    func run() async throws {
        let store = try WorkerStore.open(in: directory)
        let told = Told(path: directory + "/acknowledged", killedAfter: killedAfter)
        let round = round
        await withTaskGroup(of: Void.self) { tasks in
            for lane in 0..<8 {
                tasks.addTask {
                    for turn in 0..<1_000 {
                        let number = (round * 8 + lane) * 1_000 + turn + 1
                        let job = StartedJob.sample(number)
                        store.jobStarted(job)
                        guard (try? await store.jobFinished(.sample(job))) != nil else { return }
                        told.durable(.finished, number)
                        guard (try? await store.receiptAccepted(.sample(job))) != nil else { return }
                        told.durable(.settled, number)
                        guard (try? await store.payoutAnnounced(.sample(number))) != nil else { return }
                        told.durable(.paid, number)
                    }
                }
            }
        }
    }

    static func acknowledged(in directory: String) throws -> [(Step, Int)] {
        try String(contentsOfFile: directory + "/acknowledged", encoding: .utf8).split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return (try #require(Step(rawValue: String(words[0]))), try #require(Int(words[1])))
        }
    }
}

/// What a victim was told is durable, in a file of its own.
private final class Told: Sendable {
    private let file: CInt
    private let left: Mutex<Int>

    init(path: String, killedAfter count: Int) {
        file = open(path, O_CREAT | O_APPEND | O_WRONLY, 0o600)
        left = Mutex(count)
    }

    func durable(_ step: Victim.Step, _ number: Int) {
        let line = Array("\(step.rawValue) \(number)\n".utf8)
        guard write(file, line, line.count) == line.count else { abort() }
        let isLast = left.withLock { left in
            left -= 1
            return left == 0
        }
        if isLast { kill(getpid(), SIGKILL) }
    }
}
