import Testing
import WorkerStore

struct WorkerStorePayoutsTests {
    @Test func `a payout is kept once, however often it is announced`() async throws {
        try await withStore { (store) async throws in
            #expect(try await store.payoutAnnounced(.sample(1)) == .recorded)
            #expect(try await store.payoutAnnounced(.sample(1)) == .known)
            #expect(try await store.history.payouts(limit: 10) == [.sample(1)])
        }
    }

    @Test func `a payout advances and never goes back`() async throws {
        try await withStore { store in
            try await store.payoutAnnounced(.sample(1, state: .submitted))
            #expect(try await store.payoutAnnounced(.sample(1, state: .confirmed)) == .advanced)
            #expect(try await store.payoutAnnounced(.sample(1, state: .credited)) == .known)
            #expect(try await store.history.payouts(limit: 10) == [.sample(1, state: .confirmed)])
        }
    }

    @Test func `a payout that contradicts the first word of it is marked, and the first word stays`() async throws {
        try await withStore { store in
            try await store.payoutAnnounced(.sample(1))
            var other = PayoutRecord.sample(1)
            other.amountMicroUSDC = 1
            #expect(try await store.payoutAnnounced(other) == .contradicted)
            let stored = try await store.history.payout(of: JobKey(network: "main", jobID: "job_1001"))
            #expect(stored?.state == .mismatched)
            #expect(stored?.amountMicroUSDC == 60_000)
            #expect(stored?.note == "announced again for job_1001 with 1 micro-USDC")
        }
    }

    @Test(arguments: [([], 0), ([1, 2, 3], 3), ([2, 3], 0), ([1, 2, 4, 5, 7], 2)] as [([Int], Int)])
    func `the last payout sequence stops before a gap`(sequences: [Int], last: Int) async throws {
        try await withStore { store in
            for sequence in sequences { try await store.payoutAnnounced(.sample(sequence)) }
            #expect(try await store.history.lastPayoutSequence(network: "main") == last)
            #expect(try await store.history.lastPayoutSequence(network: "other") == 0)
        }
    }

    @Test func `pages of payouts go from the newest to the oldest`() async throws {
        try await withStore { store in
            for sequence in 1...5 { try await store.payoutAnnounced(.sample(sequence)) }
            let first = try await store.history.payouts(limit: 3)
            let rest = try await store.history.payouts(limit: 3, after: first.last)
            #expect((first + rest).map(\.sequence) == [5, 4, 3, 2, 1])
        }
    }
}
