import Testing
import WorkerStore

struct WorkerHistoryTests {
    @Test func `pages of jobs meet without a gap and without a repetition`() async throws {
        try await withStore { store in
            for number in 1...7 { try await store.jobFinished(.sample(.sample(number))) }
            var seen: [String] = []
            var last: JobKey?
            repeat {
                let page = try await store.history.jobs(limit: 3, after: last)
                seen += page.map(\.key.jobID)
                last = page.last?.key
            } while last != nil
            #expect(seen == (1...7).reversed().map { "job_\(1_000 + $0)" })
        }
    }

    @Test func `jobs are listed by network, status, model and time`() async throws {
        try await withStore { store in
            try await store.jobFinished(.sample(.sample(1, network: "a", model: "x")))
            try await store.jobFinished(.sample(.sample(2, network: "b", model: "x")))
            try await store.jobFinished(.sample(.sample(3, network: "b", model: "y")))
            try await store.receiptAccepted(.sample(.sample(3, network: "b", model: "y")))
            func ids(_ filter: JobFilter) async throws -> [String] {
                try await store.history.jobs(filter, limit: 10).map(\.key.jobID)
            }
            #expect(try await ids(JobFilter(network: "b")) == ["job_1003", "job_1002"])
            #expect(try await ids(JobFilter(status: .finished)) == ["job_1002", "job_1001"])
            #expect(try await ids(JobFilter(network: "b", model: "x")) == ["job_1002"])
            #expect(try await ids(JobFilter(since: 1_750_000_000_002)) == ["job_1003", "job_1002"])
            #expect(try await ids(JobFilter(before: 1_750_000_000_002)) == ["job_1001"])
        }
    }

    @Test func `what became of recent jobs leaves out older ones`() async throws {
        try await withStore { store in
            for number in 1...4 { try await store.jobFinished(.sample(.sample(number))) }
            try await store.receiptAccepted(.sample(.sample(1)))
            for (number, reason) in [(2, "times"), (3, "job_lost"), (4, "job_lost")] {
                let key = StartedJob.sample(number).key
                try await store.receiptRefused(key, reason: reason, message: "", at: 0)
            }
            let all = try await store.history.outcomes(since: 0)
            #expect(all == RecentOutcomes(hasSettled: true, unpaid: ["times": 1, "job_lost": 2]))
            let recent = try await store.history.outcomes(since: 1_750_000_000_003)
            #expect(recent == RecentOutcomes(hasSettled: false, unpaid: ["job_lost": 2]))
        }
    }

    @Test func `pages of pending receipts go from the oldest to the newest`() async throws {
        try await withStore { store in
            for number in 1...5 { try await store.jobFinished(.sample(.sample(number))) }
            let first = try await store.history.pendingReceipts(network: "main", limit: 3)
            let rest = try await store.history.pendingReceipts(network: "main", limit: 3, after: first.last?.jobID)
            #expect((first + rest).map(\.jobID) == (1...5).map { "job_\(1_000 + $0)" })
        }
    }

    @Test func `totals count every status and keep what is earned apart from what is expected`() async throws {
        try await withStore { store in
            store.jobStarted(.sample(1))
            store.jobFailed(.sample(2), code: "x", message: "", at: 1)
            store.jobCancelled(.sample(3), code: "x", at: 1)
            for number in 4...6 { try await store.jobFinished(.sample(.sample(number))) }
            try await store.receiptAccepted(.sample(.sample(4)))
            try await store.receiptRefused(StartedJob.sample(5).key, reason: "x", message: "", at: 1)
            try await store.payoutAnnounced(.sample(1, job: 4))
            let totals = try await store.history.totals()
            #expect([totals.settled, totals.failed, totals.unpaid, totals.cancelled] == [1, 1, 1, 1])
            #expect([totals.finished, totals.running] == [1, 1])
            #expect(totals.credits == 8)
            #expect([totals.microUSDC, totals.pendingMicroUSDC, totals.paidMicroUSDC] == [60_000, 60_000, 60_000])
            #expect(try await store.history.totals(network: "main") == totals)
            #expect(try await store.history.totals(network: "other").settled == 0)
        }
    }

    @Test func `history reads while the daemon runs and when it is down`() async throws {
        try await withTemporaryDirectory { directory in
            let store = try WorkerStore.open(in: directory)
            try await store.jobFinished(.sample(.sample(1)))
            #expect(try await WorkerHistory(path: directory + "/worker.sqlite").jobs(limit: 10).count == 1)
            await store.shutDown()
            #expect(try await WorkerHistory(path: directory + "/worker.sqlite").jobs(limit: 10).count == 1)
        }
    }
}

extension PayoutRecord {
    static func sample(_ sequence: Int, job: Int? = nil, state: PayoutState = .credited) -> PayoutRecord {
        PayoutRecord(
            network: "main",
            sequence: sequence,
            jobID: "job_\(1_000 + (job ?? sequence))",
            amountMicroUSDC: 60_000,
            transaction: "tx-\(sequence)-\(state)",
            slot: 10 + sequence,
            state: state,
            createdAt: Int64(sequence)
        )
    }
}
