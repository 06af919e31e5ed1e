import Receipts
import Signing
import Testing

@testable import GatewayStore

/// The rules by themselves: no key, no disk.
struct LedgerStateTests {
    private let network = Identity.generate().address
    private let wallet = Identity.generate().address
    private let worker = Identity.generate().address

    private func signature(_ byte: UInt8) throws -> Signature {
        try Signature(bytes: Array(repeating: byte, count: Signature.byteCount))
    }

    /// Applies the next entry with an event; its signature consists of its number.
    private func book(_ event: LedgerEntry.Event, in state: inout LedgerState) throws -> LedgerState.Booking {
        let entry = state.nextEntry(event, network: network, at: 0)
        return try state.apply(
            entry,
            digest: entry.digest,
            signature: signature(UInt8(entry.sequence))
        )
    }

    private func funding(_ credits: Int) -> LedgerEntry.Funding {
        LedgerEntry.Funding(account: wallet, credits: credits, reference: nil)
    }

    private func lock(_ credits: Int, granted: Int, job: Int = 1) -> LedgerEntry.Event {
        .lock(
            LedgerEntry.Lock(
                jobID: GatewayFixture.jobID(job),
                account: wallet,
                model: "tiny",
                creditsLocked: credits,
                creditsFromGranted: granted
            )
        )
    }

    private func settle(locked: Int, charged: Int, escrow: UInt8) throws -> LedgerEntry.Event {
        .settle(
            LedgerEntry.Settlement(
                jobID: GatewayFixture.jobID(1),
                proofHash: Digest.sha256([]),
                worker: worker,
                payoutAddress: worker,
                amounts: try SettlementAmounts(creditsLocked: locked, creditsCharged: charged, shareBPS: 7_500),
                escrowTx: try signature(escrow)
            )
        )
    }

    @Test func `granted and deposited credits stay apart from lock to end`() throws {
        var state = LedgerState()
        _ = try book(.grant(funding(3)), in: &state)
        _ = try book(.deposit(funding(20)), in: &state)
        #expect(try state.split(10, of: wallet) == CreditSplit(granted: 3, deposited: 7))
        _ = try book(lock(10, granted: 3), in: &state)
        #expect(state.balance(of: wallet) == CreditBalance(granted: 0, deposited: 13, locked: 10))
        let end = try book(settle(locked: 10, charged: 2, escrow: 3), in: &state)
        #expect(end.balance == CreditBalance(granted: 1, deposited: 20, locked: 0, spent: 2))
        #expect(end.payoutSequence == 1)
        #expect(end.wallet == wallet)
        #expect(state.openLocks.isEmpty)
    }

    @Test func `the postings of every kind of entry sum to zero`() throws {
        var state = LedgerState()
        var bookings = [try book(.grant(funding(30)), in: &state), try book(.deposit(funding(5)), in: &state)]
        bookings.append(try book(lock(32, granted: 30), in: &state))
        bookings.append(try book(settle(locked: 32, charged: 31, escrow: 3), in: &state))
        bookings.append(try book(lock(4, granted: 0, job: 2), in: &state))
        let refund = LedgerEntry.Refund(
            jobID: GatewayFixture.jobID(2),
            creditsRefunded: 4,
            reason: "job_timeout",
            escrowTx: try signature(5)
        )
        bookings.append(try book(.refund(refund), in: &state))
        for booking in bookings {
            #expect(booking.postings.map(\.amountMicroUSDC).reduce(0, +) == 0)
            #expect(booking.postings.count >= 2)
        }
    }

    @Test func `an entry that does not follow changes nothing`() throws {
        var state = LedgerState()
        _ = try book(.grant(funding(30)), in: &state)
        _ = try book(lock(10, granted: 10), in: &state)
        let before = state
        let faulty: [LedgerEntry.Event] = [
            lock(5, granted: 5),
            lock(21, granted: 21, job: 2),
            lock(5, granted: 4, job: 2),
            try settle(locked: 11, charged: 1, escrow: 2),
            try settle(locked: 10, charged: 1, escrow: 1),
        ]
        for event in faulty {
            #expect(throws: LedgerState.Contradiction.self) { try book(event, in: &state) }
            #expect(state == before)
        }
    }

    @Test func `an entry with a gap or a wrong link does not follow`() throws {
        var state = LedgerState()
        let first = try book(.grant(funding(30)), in: &state)
        #expect(first.balance.granted == 30)
        for (sequence, previous) in [(3, state.head?.digest), (2, Digest.sha256([1])), (1, nil)] {
            let entry = LedgerEntry(
                network: network,
                sequence: sequence,
                previous: previous,
                atMS: 0,
                event: .grant(funding(1))
            )
            #expect(throws: LedgerState.Contradiction.self) {
                try state.apply(entry, digest: entry.digest, signature: signature(9))
            }
        }
        #expect(state.balance(of: wallet).granted == 30)
    }
}
