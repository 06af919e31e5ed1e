import InferenceAPI
import Receipts
import Signing
import Testing

@testable import GatewayStore

struct CreditLedgerTests {
    @Test func `a lock holds at once, and its signature is the entry's`() async throws {
        try await withFundedStore { fixture, store in
            let lock = try store.ledger.lock(fixture.job(1))
            #expect(lock.credits == 10)
            #expect(lock.sequence == 2)
            #expect(lock.balance == CreditBalance(granted: 90, locked: 10))
            #expect(store.ledger.balance(of: fixture.wallet) == lock.balance)

            try await store.ledger.flush()
            let job = try #require(try await store.history.job(lock.jobID.description))
            #expect(job.status == .pending)
            #expect(job.escrowTx == lock.escrowTx.base58)
            #expect(job.creditsLocked == 10)
        }
    }

    @Test func `a lock of more than the balance is refused and changes nothing`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(9, to: fixture.wallet, at: 0)
            let error = #expect(throws: LedgerError.self) { try store.ledger.lock(fixture.job(1)) }
            #expect(error?.code == .insufficientCredits(balance: 9, required: 10))
            #expect(store.ledger.balance(of: fixture.wallet) == CreditBalance(granted: 9))
            #expect(try await fixture.audit().entryCount == 1)
            await store.shutDown()
        }
    }

    @Test func `settling charges, pays the worker, and gives the rest back`() async throws {
        try await withFundedStore { fixture, store in
            _ = try store.ledger.lock(fixture.job(1))
            store.ledger.accepted(fixture.acceptance(of: 1))
            let settled = try await store.ledger.settle(fixture.settlement(of: 1))
            #expect(settled.amounts.creditsCharged == 8)
            #expect(settled.amounts.creditsRefunded == 2)
            #expect(settled.amounts.workerMicroUSDC == 60_000)
            #expect(settled.amounts.treasuryMicroUSDC == 20_000)
            #expect(settled.balance == CreditBalance(granted: 92, spent: 8))
            #expect(settled.payout?.sequence == 1)
            #expect(settled.payout?.amountMicroUSDC == 60_000)

            let job = try #require(try await store.history.job(settled.jobID.description))
            #expect(job.status == .settled)
            #expect(job.settlementTx == settled.settlementTx)
            #expect(job.acceptedAt == 2)
            #expect(try await store.history.receipt(of: job.jobID)?.statement == settled.statement)
            let payouts = try await store.history.payouts(
                worker: fixture.worker.address.description,
                after: 0,
                limit: 9
            )
            #expect(payouts == [try #require(settled.payout)])
        }
    }

    @Test func `the statement is signed by the gateway and names no caller`() async throws {
        try await withFundedStore { fixture, store in
            let lock = try store.ledger.lock(fixture.job(1))
            let settlement = fixture.settlement(of: 1)
            let settled = try await store.ledger.settle(settlement)
            let entry = try LedgerEntry(verifying: settled.statement, signer: fixture.gateway.address)
            #expect(entry.sequence == settled.slot)
            guard case .settle(let statement) = entry.event else {
                Issue.record("the statement is no settlement")
                return
            }
            #expect(statement.escrowTx == lock.escrowTx)
            #expect(statement.proofHash == settlement.proofHash)
            #expect(statement.amounts == settled.amounts)
            let text = String(decoding: entry.canonicalPayload, as: UTF8.self)
            #expect(!text.contains(fixture.wallet.description))
        }
    }

    @Test func `granted credits are spent first, and a refund goes back to where it came from`() async throws {
        var state = CreditSplit(granted: 3, deposited: 20)
        let (locked, left) = state.taking(10)
        #expect(locked == CreditSplit(granted: 3, deposited: 7))
        #expect(left == CreditSplit(granted: 0, deposited: 13))
        state = locked
        let (charged, rest) = state.taking(8)
        #expect(charged == CreditSplit(granted: 3, deposited: 5))
        #expect(rest == CreditSplit(granted: 0, deposited: 2))
    }

    @Test func `a repeated receipt gets the same bytes, before the commit, after it and after a restart`() async throws
    {
        try await withFixture { fixture in
            let first = try await fixture.open()
            _ = try await first.ledger.grant(100, to: fixture.wallet, at: 0)
            _ = try first.ledger.lock(fixture.job(1))
            async let one = first.ledger.settle(fixture.settlement(of: 1))
            async let two = first.ledger.settle(fixture.settlement(of: 1, completionTokens: 900))
            let (settled, again) = try await (one, two)
            #expect(settled == again)
            let later = try await first.ledger.settle(fixture.settlement(of: 1))
            #expect(later == settled)
            await first.shutDown()

            let second = try await fixture.open()
            #expect(try await second.ledger.settle(fixture.settlement(of: 1)) == settled)
            let verdict = try await second.ledger.verdict(on: settled.jobID, of: fixture.worker.address)
            #expect(verdict == .accepted(statement: settled.statement))
            #expect(second.ledger.balance(of: fixture.wallet) == settled.balance)
            await second.shutDown()
            #expect(try await fixture.audit().entryCount == 3)
        }
    }

    @Test func `a job ends once: what came second is told so`() async throws {
        try await withFundedStore { fixture, store in
            let other = Identity.generate()
            for number in 1...2 { _ = try store.ledger.lock(fixture.job(number)) }
            _ = try await store.ledger.settle(fixture.settlement(of: 1))
            let refunded = try await store.ledger.refund(fixture.refund(of: 2))
            #expect(refunded.creditsRefunded == 10)
            #expect(try await store.ledger.refund(fixture.refund(of: 2, code: "other")) == refunded)

            let afterSettling = await #expect(throws: LedgerError.self) {
                try await store.ledger.refund(fixture.refund(of: 1))
            }
            #expect(afterSettling?.code == .settledBefore)
            let byAnother = await #expect(throws: LedgerError.self) {
                try await store.ledger.settle(fixture.settlement(of: 1, by: other))
            }
            #expect(byAnother?.code == .settledBefore)
            let afterRefund = await #expect(throws: LedgerError.self) {
                try await store.ledger.settle(fixture.settlement(of: 2))
            }
            #expect(afterRefund?.code == .refundedBefore)
            let unknown = await #expect(throws: LedgerError.self) {
                try await store.ledger.settle(fixture.settlement(of: 3))
            }
            #expect(unknown?.code == .unknownJob)
            #expect(store.ledger.balance(of: fixture.wallet) == CreditBalance(granted: 92, spent: 8))
        }
    }

    @Test func `a receipt and a refund at once end the job in one way`() async throws {
        try await withFundedStore { fixture, store in
            for number in 1...9 {
                _ = try store.ledger.lock(fixture.job(number))
                async let settled = try? store.ledger.settle(fixture.settlement(of: number))
                async let refunded = try? store.ledger.refund(fixture.refund(of: number))
                let ends = await (settled, refunded)
                #expect((ends.0 == nil) != (ends.1 == nil))
            }
            #expect(store.ledger.balance(of: fixture.wallet).locked == 0)
        }
    }

    @Test func `a verdict is repeated, whatever it was`() async throws {
        try await withFundedStore { fixture, store in
            let worker = fixture.worker.address
            for number in 1...4 { _ = try store.ledger.lock(fixture.job(number)) }
            func verdict(_ number: Int) async throws -> ReceiptVerdict {
                try await store.ledger.verdict(on: GatewayFixture.jobID(number), of: worker)
            }
            #expect(try await verdict(1) == .undecided)
            let settled = try await store.ledger.settle(fixture.settlement(of: 1))
            #expect(try await verdict(1) == .accepted(statement: settled.statement))
            let refused = ReceiptVerdict.refused(reason: "output_mismatch", message: "it differs")
            #expect(try await store.ledger.refuse(fixture.refusal(of: 2)) == refused)
            #expect(try await store.ledger.refuse(fixture.refusal(of: 2, reason: "times")) == refused)
            #expect(try await verdict(2) == refused)
            try await store.ledger.refund(fixture.refund(of: 3))
            #expect(try await verdict(3) == .lost)
            #expect(try await verdict(9) == .unknown)
            #expect(try await store.ledger.refuse(fixture.refusal(of: 9)) == .unknown)
            #expect(try await store.ledger.refuse(fixture.refusal(of: 1)) == .accepted(statement: settled.statement))
        }
    }

    @Test func `a worker whose receipt was refused cannot settle the job, and another can`() async throws {
        try await withFundedStore { fixture, store in
            _ = try store.ledger.lock(fixture.job(1))
            try await store.ledger.refuse(fixture.refusal(of: 1))
            let error = await #expect(throws: LedgerError.self) {
                try await store.ledger.settle(fixture.settlement(of: 1))
            }
            #expect(error?.code == .receiptRefused)
            let other = Identity.generate()
            let settled = try await store.ledger.settle(fixture.settlement(of: 1, by: other))
            #expect(settled.payout?.worker == other.address.description)
        }
    }

    @Test func `payouts of a worker count without gaps, also over a restart`() async throws {
        try await withFixture { fixture in
            for round in 0..<3 {
                let store = try await fixture.open()
                _ = try await store.ledger.grant(100, to: fixture.wallet, at: 0)
                for number in (round * 4)..<(round * 4 + 4) {
                    _ = try store.ledger.lock(fixture.job(number))
                    // The third has no share: the network itself did the work.
                    let share = number % 4 == 2 ? 0 : 7_500
                    _ = try await store.ledger.settle(fixture.settlement(of: number, shareBPS: share))
                }
                let payouts = try await store.history.payouts(
                    worker: fixture.worker.address.description,
                    after: 0,
                    limit: 100
                )
                #expect(payouts.map(\.sequence) == Array(1...(3 * (round + 1))))
                await store.shutDown()
            }
            #expect(try await fixture.audit().findings == [])
        }
    }

    @Test func `thousands of callers at once never overspend a balance`() async throws {
        try await withFixture { fixture in
            let store = try await fixture.open()
            _ = try await store.ledger.grant(1_005, to: fixture.wallet, at: 0)
            let locked = await withTaskGroup(of: Bool.self) { tasks in
                for number in 0..<4_000 {
                    tasks.addTask { (try? store.ledger.lock(fixture.job(number))) != nil }
                }
                return await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(locked == 100)
            #expect(store.ledger.balance(of: fixture.wallet) == CreditBalance(granted: 5, locked: 1_000))
            await store.shutDown()
            let audit = try await fixture.audit()
            #expect(audit.findings == [])
            #expect(audit.entryCount == 101)
        }
    }

    @Test func `grants of nothing, or of more than a document can hold, are refused`() async throws {
        try await withFundedStore { fixture, store in
            for credits in [0, -1, Amounts.largestCredits, Int.max] {
                let error = await #expect(throws: LedgerError.self) {
                    try await store.ledger.grant(credits, to: fixture.wallet, at: 0)
                }
                #expect(error?.code == .invalid)
            }
            let twice = #expect(throws: LedgerError.self) {
                _ = try store.ledger.lock(fixture.job(1))
                _ = try store.ledger.lock(fixture.job(1))
            }
            #expect(twice?.code == .invalid)
            let balance = try await store.ledger.grant(Amounts.largestCredits - 90, to: fixture.wallet, at: 0)
            #expect(balance.available == Amounts.largestCredits)
        }
    }
}
