import InferenceAPI
import Receipts
import Testing

@testable import GatewayStore

struct KeyBudgetsTests {
    private func job(_ number: Int) -> JobID { JobID(milliseconds: Int64(number), random: 1) }

    @Test func `a cap counts what is spent and what is held`() throws {
        var budgets = KeyBudgets(spent: ["a": 40])
        #expect(budgets.left(of: "a", cap: 100) == 60)
        try budgets.hold(50, for: job(1), keyID: "a", cap: 100)
        #expect(budgets.left(of: "a", cap: 100) == 10)
        #expect(throws: LedgerError.self) { try budgets.hold(11, for: job(2), keyID: "a", cap: 100) }
        #expect(budgets.left(of: "a", cap: 100) == 10)
        budgets.ended(job(1), charged: 20)
        #expect(budgets.left(of: "a", cap: 100) == 40)
        budgets.ended(job(1), charged: 20)
        budgets.ended(job(3), charged: 5)
        #expect(budgets.left(of: "a", cap: 100) == 40)
        #expect(budgets.left(of: "b", cap: 100) == 100)
    }

    @Test func `the ledger holds a key to its cap, also after a restart`() async throws {
        try await withFixture { fixture in
            let first = try await fixture.open()
            _ = try await first.ledger.grant(1_000, to: fixture.wallet, at: 0)
            let (_, key) = try await first.keys.create(wallet: fixture.wallet, name: "", at: 0, spendingCap: 25)
            func capped(_ number: Int) -> NewJob {
                var job = fixture.job(number)
                job.keyID = key.keyID
                job.spendingCap = 25
                return job
            }
            _ = try first.ledger.lock(capped(1))
            _ = try first.ledger.lock(capped(2))
            #expect(first.ledger.spendable(by: fixture.wallet, key: key) == 5)
            #expect(throws: LedgerError.self) { try first.ledger.lock(capped(3)) }
            let paid = try await first.ledger.settle(fixture.settlement(of: 1))
            try await first.ledger.refund(fixture.refund(of: 2))
            let left = 25 - paid.amounts.creditsCharged
            #expect(first.ledger.spendable(by: fixture.wallet, key: key) == left)
            await first.shutDown()

            let second = try await fixture.open()
            #expect(second.ledger.spendable(by: fixture.wallet, key: key) == left)
            #expect(second.ledger.spendable(by: fixture.wallet, key: nil) > left)
            await second.shutDown()
        }
    }
}
