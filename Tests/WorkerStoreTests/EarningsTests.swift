import Testing
import WorkerStore

struct EarningsTests {
    /// 2025-06-16T00:00:00Z, a Monday.
    private let monday: Int64 = 1_750_032_000_000
    private let day: Int64 = 86_400_000

    /// Settles a job and, unless told otherwise, has it paid at the same time.
    private func settle(
        _ number: Int,
        network: String = "main",
        model: String = "tiny",
        at time: Int64,
        isPaid: Bool = true,
        in store: WorkerStore
    ) async throws {
        let job = StartedJob.sample(number, network: network, model: model)
        try await store.jobFinished(.sample(job))
        try await store.receiptAccepted(.sample(job, settledAt: time))
        guard isPaid else { return }
        var payout = PayoutRecord.sample(number)
        payout.network = network
        payout.createdAt = time
        try await store.payoutAnnounced(payout)
    }

    @Test func `days are those of UTC, with the newest first`() async throws {
        try await withStore { store in
            try await settle(1, at: monday - 1, in: store)
            try await settle(2, at: monday, in: store)
            try await settle(3, at: monday + day - 1, in: store)
            let earnings = try await store.history.earnings(by: .day, limit: 10)
            #expect(earnings.rows.map(\.group) == ["2025-06-16", "2025-06-15"])
            #expect(earnings.rows.map(\.jobs) == [2, 1])
            #expect(earnings.rows.map(\.promptTokens) == [10, 5])
            #expect(earnings.rows.map(\.completionTokens) == [14, 7])
            #expect(earnings.rows.map(\.credits) == [16, 8])
            #expect(earnings.rows.map(\.microUSDC) == [120_000, 60_000])
            #expect(earnings.rows.map(\.paidMicroUSDC) == [120_000, 60_000])
        }
    }

    @Test func `a week is named after its Monday, a month after its number`() async throws {
        try await withStore { store in
            // The Sunday before, the Monday itself, the Sunday after, and a day of the next month.
            let times = [monday - 1, monday, monday + 7 * day - 1, monday + 20 * day]
            for (number, time) in times.enumerated() { try await settle(number + 1, at: time, in: store) }
            let weeks = try await store.history.earnings(by: .week, limit: 10)
            #expect(weeks.rows.map(\.group) == ["2025-06-30", "2025-06-16", "2025-06-09"])
            #expect(weeks.rows.map(\.jobs) == [1, 2, 1])
            let months = try await store.history.earnings(by: .month, limit: 10)
            #expect(months.rows.map(\.group) == ["2025-07", "2025-06"])
            #expect(months.rows.map(\.jobs) == [1, 3])
        }
    }

    @Test func `models and networks come with the best first`() async throws {
        try await withStore { store in
            try await settle(1, network: "a", model: "x", at: monday, in: store)
            try await settle(2, network: "b", model: "x", at: monday, in: store)
            try await settle(3, network: "b", model: "y", at: monday, in: store)
            try await settle(4, network: "b", model: "y", at: monday, in: store)
            try await settle(5, network: "b", model: "y", at: monday, in: store)
            let models = try await store.history.earnings(by: .model, limit: 10)
            #expect(models.rows.map(\.group) == ["y", "x"])
            #expect(models.rows.map(\.paidMicroUSDC) == [180_000, 120_000])
            let networks = try await store.history.earnings(by: .network, limit: 10)
            #expect(networks.rows.map(\.group) == ["b", "a"])
            #expect(try await store.history.earnings(by: .model, network: "a", limit: 10).rows.map(\.group) == ["x"])
        }
    }

    @Test func `what is settled, what is paid and what waits for its verdict are kept apart`() async throws {
        try await withStore { store in
            try await settle(1, at: monday, isPaid: false, in: store)
            try await store.jobFinished(.sample(.sample(2)))
            var wrong = PayoutRecord.sample(1, state: .mismatched)
            wrong.createdAt = monday
            try await store.payoutAnnounced(wrong)
            let total = try await store.history.earnings(by: .day, limit: 10).total
            #expect(
                [total.jobs, total.microUSDC, total.paidMicroUSDC, total.pendingMicroUSDC] == [1, 60_000, 0, 60_000]
            )
        }
    }

    @Test func `a payout whose job is gone belongs to an unknown model`() async throws {
        try await withStore { store in
            try await store.payoutAnnounced(.sample(1))
            let earnings = try await store.history.earnings(by: .model, limit: 10)
            #expect(earnings.rows.map(\.group) == ["unknown"])
            #expect(earnings.rows.map(\.paidMicroUSDC) == [60_000])
        }
    }

    @Test func `the total is over all rows since then, also over those that the limit leaves out`() async throws {
        try await withStore { store in
            for number in 1...4 { try await settle(number, at: monday + Int64(number) * day, in: store) }
            let earnings = try await store.history.earnings(by: .day, since: monday + 2 * day, limit: 1)
            #expect(earnings.rows.map(\.group) == ["2025-06-20"])
            #expect(earnings.total.jobs == 3)
            #expect(earnings.total.group == "")
        }
    }

    @Test func `a worker that has done nothing has earned nothing`() async throws {
        try await withStore { store in
            let earnings = try await store.history.earnings(by: .month, limit: 10)
            #expect(earnings.rows.isEmpty)
            #expect([earnings.total.jobs, earnings.total.microUSDC, earnings.total.paidMicroUSDC] == [0, 0, 0])
        }
    }
}
