import Foundation
import GRDB
import SQLiteStore
import StoreTestSupport
import Testing

@testable import WorkerStore

/// Old jobs give way; what they earned, and the evidence of it, stays.
struct WorkerRetentionTests {
    private static let day: Int64 = 86_400_000

    @Test func `a settled job gives way, and its receipt, its payout and its earnings stay`() async throws {
        try await withStore { (store) async throws in
            let job = StartedJob.sample(1)
            try await store.jobFinished(.sample(job))
            try await store.receiptAccepted(.sample(job))
            try await store.payoutAnnounced(.sample(1, job: 1))
            let evidence = try await store.history.evidence(ofJob: job.key.jobID)

            #expect(try await store.removeJobs(acceptedBefore: job.acceptedAt, limit: 10) == 0)
            #expect(try await store.removeJobs(acceptedBefore: job.acceptedAt + 1, limit: 10) == 1)
            #expect(try await store.history.job(job.key.jobID) == nil)
            #expect(try await store.history.evidence(ofJob: job.key.jobID) == evidence)
            #expect(evidence?.statement == AcceptedReceipt.sample(job).statement)
            #expect(try await store.history.payout(of: job.key) != nil)
            #expect(try await store.history.totals().settled == 1)
            #expect(try await store.history.earnings(by: .model, limit: 9).rows.map(\.group) == ["tiny"])
            // The gateway may repeat itself years later.
            #expect(try await store.receiptAccepted(.sample(job)) == false)
            #expect(try await store.history.totals().microUSDC == 60_000)
        }
    }

    @Test func `a job that runs, waits for its verdict or is unpaid stays, however old`() async throws {
        try await withStore { (store) async throws in
            store.jobStarted(.sample(1))
            try await store.jobFinished(.sample(.sample(2)))
            try await store.jobFinished(.sample(.sample(3)))
            try await store.receiptRefused(StartedJob.sample(3).key, reason: "times", message: "late", at: 9)
            #expect(try await store.removeJobs(acceptedBefore: .max, limit: 10) == 0)
            #expect(try await store.history.jobs(limit: 10).map(\.status) == [.unpaid, .finished, .running])
        }
    }

    @Test func `a clock that ran ahead makes nothing old, and without jobs nothing is`() async throws {
        try await withStore { (store) async throws in
            let keep = Duration.seconds(400 * 86_400)
            #expect(try await store.oldJobsEnd(keeping: keep, now: 0) == nil)
            store.jobStarted(.sample(1))
            let accepted = StartedJob.sample(1).acceptedAt
            let age = 400 * Self.day
            #expect(try await store.oldJobsEnd(keeping: keep, now: accepted + 5_000 * Self.day) == accepted - age)
            #expect(try await store.oldJobsEnd(keeping: keep, now: accepted - Self.day) == accepted - Self.day - age)
        }
    }

    @Test(arguments: 1...6)
    func `whatever happened, totals and earnings are the same after the removal as before`(seed: UInt64) async throws {
        try await withStore { (store) async throws in
            var random = SeededGenerator(seed: seed)
            for number in 1...150 { try await store.live(through: .sample(number), &random) }
            try await store.group.flush()
            let before = try await Figures(of: store.history)
            let end = 1_750_000_000_000 + Int64.random(in: 0...150, using: &random) * Self.day / 10
            var removed = 0
            while case let count = try await store.removeJobs(acceptedBefore: end, limit: 7), count > 0 {
                removed += count
                #expect(try await Figures(of: store.history) == before, "seed \(seed), after \(removed) jobs")
            }
            let left = try await store.history.jobs(limit: 1_000)
            #expect(left.count + removed == before.rows)
            #expect(left.allSatisfy { $0.acceptedAt >= end || [.running, .finished, .unpaid].contains($0.status) })
        }
    }

    @Test func `room that removed jobs left goes back to the file system`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try WorkerStore.open(in: directory)
            let message = String(repeating: "a long story ", count: 100)
            for number in 1...2_000 {
                store.jobFailed(.sample(number), code: "backend_error", message: message, at: 1)
            }
            try await store.group.flush()
            let pages = try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
            #expect(try await store.removeJobs(acceptedBefore: .max, limit: 10_000) == 2_000)
            try await store.giveBackPages(100)
            let some = try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
            #expect(some == pages - 100)
            try await store.giveBackPages(100_000)
            let left = try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
            #expect(left < pages / 10)
            #expect(try await store.history.totals().failed == 2_000)
            await store.shutDown()
        }
    }
}

/// Everything that must not change when jobs are removed.
private struct Figures: Equatable {
    var totals: [WorkerTotals]
    var earnings: [Earnings]
    var rows: Int

    init(of history: WorkerHistory) async throws {
        totals = []
        earnings = []
        for network in [nil, "main", "other"] {
            totals.append(try await history.totals(network: network))
            for grouping in EarningsGrouping.allCases {
                earnings.append(try await history.earnings(by: grouping, network: network, limit: 1_000))
            }
        }
        rows = totals[0].settled + totals[0].failed + totals[0].unpaid + totals[0].cancelled + totals[0].finished
        rows += totals[0].running
    }
}

extension WorkerStore {
    /// Lets a job have one of the lives that jobs have.
    fileprivate func live(through sample: StartedJob, _ random: inout SeededGenerator) async throws {
        var job = sample
        job.key.network = Bool.random(using: &random) ? "main" : "other"
        job.model = ["tiny", "large"].randomElement(using: &random) ?? "tiny"
        job.acceptedAt += Int64.random(in: 0...150, using: &random) * 8_640_000
        let end = job.acceptedAt + Int64.random(in: 0...100_000_000, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: jobStarted(job)
        case 1: jobFailed(job, code: "backend_timeout", message: "late", at: end)
        case 2: jobCancelled(job, code: "caller_gone", at: end)
        case 3: try await jobFinished(.sample(job))
        case 4:
            try await jobFinished(.sample(job))
            try await receiptRefused(job.key, reason: "times", message: "late", at: end)
        default:
            var finished = FinishedJob.sample(job)
            finished.promptTokens = Int.random(in: 1...1_000, using: &random)
            try await jobFinished(finished)
            var accepted = AcceptedReceipt.sample(job, settledAt: end)
            accepted.credits = Int.random(in: 1...50, using: &random)
            accepted.microUSDC = accepted.credits * 7_500
            try await receiptAccepted(accepted)
            let number = Int(job.key.jobID.dropFirst(4)) ?? 1
            var payout = PayoutRecord.sample(number, job: number - 1_000)
            (payout.network, payout.amountMicroUSDC, payout.createdAt) = (job.key.network, accepted.microUSDC, end + 50)
            try await payoutAnnounced(payout)
        }
    }
}
