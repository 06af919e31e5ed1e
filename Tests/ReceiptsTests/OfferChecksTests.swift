import InferenceAPI
import Receipts
import Signing
import StrictJSON
import Testing

@Suite struct OfferChecksTests {
    private let sample: Sample
    private let checks: OfferChecks

    init() throws {
        sample = try Sample()
        checks = OfferChecks(
            network: sample.gateway.address,
            worker: sample.worker.address,
            payoutAddress: sample.payoutAddress,
            shareBPS: 7_500
        )
    }

    private func check(
        _ envelope: [UInt8],
        jobID: String? = nil,
        body: [UInt8] = Sample.body,
        choices: Int = 2,
        nowMS: Int64 = Sample.nowMS
    ) throws(OfferRefusal) -> Offer {
        try checks.check(
            envelope,
            jobID: jobID ?? sample.jobID.description,
            body: body,
            choices: choices,
            nowMS: nowMS,
            hostsModel: { $0 == "qwen3-8b" }
        )
    }

    private func reason(_ body: () throws -> Void) throws -> OfferRefusal.Reason {
        try #require(throws: OfferRefusal.self, performing: body).reason
    }

    @Test func `a sound offer is taken`() throws {
        #expect(try check(sample.offer.sign(by: sample.gateway).encoded) == sample.offer)
    }

    @Test(
        arguments: [
            ("version", 2, .invalidSignature),
            ("job_id", "job_000000000000000000", .sessionMismatch),
            ("network", "11111111111111111111111111111112", .invalidSignature),
            ("worker", "11111111111111111111111111111112", .sessionMismatch),
            ("payout_address", "11111111111111111111111111111112", .sessionMismatch),
            ("model", "qwen3-14b", .modelUnavailable),
            ("request_sha256", .string(Digest.sha256([]).description), .requestMismatch),
            ("max_output_tokens", 2_000, .termsMismatch),
            ("max_output_tokens", 400, .termsMismatch),
            ("choices", 1, .termsMismatch),
            ("credits_locked", 23, .termsMismatch),
            ("credits_locked", 25, .termsMismatch),
            ("credits_per_request", 9, .termsMismatch),
            ("credits_per_1k_tokens", 5, .termsMismatch),
            ("credits_per_1k_tokens", .integer(Amounts.largestCredits), .termsMismatch),
            ("share_bps", 7_499, .termsMismatch),
            ("share_bps", 8_500, .termsMismatch),
            ("deadline_ms", .integer(Int(Sample.nowMS)), .deadlinePassed),
            ("deadline_ms", 0, .deadlinePassed),
            ("deadline_ms", .integer(Int(Sample.nowMS) + 3_600_001), .termsMismatch),
            ("nonce", "00", .invalidSignature),
            ("escrow_tx", "1", .invalidSignature),
        ] as [(String, JSONValue, OfferRefusal.Reason)]
    )
    func `an offer with another field is refused although it is signed`(
        name: String,
        value: JSONValue,
        expected: OfferRefusal.Reason
    ) throws {
        let text = try sample.offer.resigned(name, value, by: sample.gateway)
        #expect(try reason { _ = try check(text) } == expected)
    }

    @Test func `the message around the offer must fit it`() throws {
        let text = sample.offer.sign(by: sample.gateway).encoded
        #expect(try reason { _ = try check(text, jobID: "job_000000000000000000") } == .sessionMismatch)
        #expect(try reason { _ = try check(text, body: Sample.body + [0x20]) } == .requestMismatch)
        #expect(try reason { _ = try check(text, choices: 1) } == .termsMismatch)
        #expect(try reason { _ = try check(text, nowMS: Sample.nowMS + 120_000) } == .deadlinePassed)
        #expect(try reason { _ = try check(Array("{}".utf8)) } == .invalidSignature)
    }

    @Test func `an offer signed by anybody but the session's gateway is refused`() throws {
        let stranger = Identity.generate()
        let envelope = Envelope.sign(payload: sample.offer.canonicalPayload, type: Offer.payloadType, by: stranger)
        #expect(try reason { _ = try check(envelope.encoded) } == .invalidSignature)
    }
}
