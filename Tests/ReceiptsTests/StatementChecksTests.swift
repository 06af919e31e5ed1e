import Receipts
import Signing
import StrictJSON
import Testing

@Suite struct StatementChecksTests {
    private let sample: Sample
    private let checks: StatementChecks

    init() throws {
        sample = try Sample()
        checks = StatementChecks(offer: sample.offer, receipt: sample.receipt)
    }

    private func reason(_ body: () throws -> Void) throws -> StatementRefusal.Reason {
        try #require(throws: StatementRefusal.self, performing: body).reason
    }

    @Test func `a sound statement pays the worker`() throws {
        let (entry, settlement) = try checks.check(try sample.statement.sign(by: sample.gateway).encoded)
        #expect(try entry == sample.statement)
        #expect(settlement.amounts.creditsCharged == 18)
        #expect(settlement.amounts.workerMicroUSDC == 135_000)
        #expect(try StatementChecks.amounts(offer: sample.offer, receipt: sample.receipt) == settlement.amounts)
    }

    @Test(
        arguments: [
            ("version", 2, .invalidSignature),
            ("network", "11111111111111111111111111111112", .invalidSignature),
            ("kind", "refund", .invalidSignature),
            ("job_id", "job_000000000000000000", .jobMismatch),
            ("worker", "11111111111111111111111111111112", .jobMismatch),
            ("payout_address", "11111111111111111111111111111112", .jobMismatch),
            ("escrow_tx", .string(String(repeating: "1", count: 64)), .jobMismatch),
            ("proof_hash", .string(Digest.sha256([]).description), .proofMismatch),
            ("credits_charged", 17, .invalidSignature),
            ("worker_micro_usdc", 134_999, .invalidSignature),
        ] as [(String, JSONValue, StatementRefusal.Reason)]
    )
    func `a statement with another field is refused although it is signed`(
        name: String,
        value: JSONValue,
        expected: StatementRefusal.Reason
    ) throws {
        let text = try sample.statement.resigned(name, value, by: sample.gateway)
        #expect(try reason { _ = try checks.check(text) } == expected)
    }

    @Test(arguments: [
        (24, 17, 7_500), (24, 19, 7_500), (24, 18, 7_499), (24, 18, 8_500), (25, 18, 7_500), (24, 0, 7_500),
    ])
    func `amounts that add up to something else are refused`(locked: Int, charged: Int, shareBPS: Int) throws {
        let settlement = LedgerEntry.Settlement(
            jobID: sample.jobID,
            proofHash: sample.receipt.proofHash,
            worker: sample.worker.address,
            payoutAddress: sample.payoutAddress,
            amounts: try SettlementAmounts(creditsLocked: locked, creditsCharged: charged, shareBPS: shareBPS),
            escrowTx: sample.escrowTx
        )
        let entry = LedgerEntry(
            network: sample.gateway.address,
            sequence: 1,
            previous: nil,
            atMS: 0,
            event: .settle(settlement)
        )
        #expect(try reason { _ = try checks.check(entry.sign(by: sample.gateway).encoded) } == .amounts)
    }

    @Test func `an entry of another kind settles nothing`() throws {
        for entry in try sample.entries where entry.event.kind != .settle {
            #expect(try reason { _ = try checks.check(entry.sign(by: sample.gateway).encoded) } == .jobMismatch)
        }
    }

    @Test func `a statement signed by another than the offer's gateway is refused`() throws {
        let payload = try sample.statement.canonicalPayload
        let envelope = Envelope.sign(payload: payload, type: LedgerEntry.payloadType, by: sample.worker)
        #expect(try reason { _ = try checks.check(envelope.encoded) } == .invalidSignature)
    }
}
