import InferenceAPI
import Receipts
import Signing
import StrictJSON
import Testing

@Suite struct ReceiptChecksTests {
    private let sample: Sample

    init() throws {
        sample = try Sample()
    }

    private func reason(_ body: () throws -> Void) throws -> ReceiptRefusal.Reason {
        try #require(throws: ReceiptRefusal.self, performing: body).reason
    }

    private func shifted(_ offset: Int64) -> JobTimes {
        JobTimes(
            acceptedAtMS: sample.times.acceptedAtMS + offset,
            firstTokenAtMS: sample.times.firstTokenAtMS.map { $0 + offset },
            finishedAtMS: sample.times.finishedAtMS + offset
        )
    }

    /// Checks an otherwise sound receipt; `nil` where it is taken.
    private func check(
        claimed: JobTimes? = nil,
        observed: JobTimes? = nil,
        output: [FinalChoice]? = nil,
        tokens: Int = 2
    ) throws -> ReceiptRefusal.Reason? {
        let output = output ?? sample.output
        let receipt = Receipt(
            offer: sample.offer,
            outputSHA256: OutputDigest.of(output),
            usage: TokenUsage(promptTokens: 1, completionTokens: tokens, source: .backend),
            finishReasons: output.sorted { $0.index < $1.index }.map(\.finishReason),
            times: claimed ?? sample.times
        )
        let checks = ReceiptChecks(
            offer: sample.offer,
            requestSHA256: Digest.sha256(Sample.body),
            output: output,
            times: observed ?? sample.times
        )
        do throws(ReceiptRefusal) {
            _ = try checks.check(receipt.sign(by: sample.worker).encoded)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a sound receipt is taken`() throws {
        #expect(try sample.receiptChecks.check(sample.receipt.sign(by: sample.worker).encoded) == sample.receipt)
    }

    @Test(
        arguments: [
            ("version", 2, .invalidSignature),
            ("job_id", "job_000000000000000000", .offerMismatch),
            ("network", "11111111111111111111111111111112", .offerMismatch),
            ("worker", "11111111111111111111111111111112", .invalidSignature),
            ("payout_address", "11111111111111111111111111111112", .offerMismatch),
            ("model", "qwen3-14b", .offerMismatch),
            ("nonce", .string(String(repeating: "0", count: 64)), .offerMismatch),
            ("request_sha256", .string(Digest.sha256([]).description), .requestMismatch),
            ("output_sha256", .string(Digest.sha256([]).description), .outputMismatch),
            ("finish_reasons", ["stop", "length"], .outputMismatch),
            ("finish_reasons", ["length"], .outputMismatch),
            ("finish_reasons", [], .outputMismatch),
            ("finish_reasons", ["length", "other"], .invalidSignature),
            ("usage_source", "guessed", .invalidSignature),
            ("completion_tokens", 3_001, .counts),
            ("completion_tokens", -1, .invalidSignature),
            ("first_token_at_ms", .null, .times),
            ("accepted_at_ms", .integer(Int(Sample.nowMS) + 401), .times),
            ("first_token_at_ms", .integer(Int(Sample.nowMS) + 19), .times),
            ("first_token_at_ms", .integer(Int(Sample.nowMS) + 3_001), .times),
            ("finished_at_ms", .integer(Int(Sample.nowMS) + 399), .times),
        ] as [(String, JSONValue, ReceiptRefusal.Reason)]
    )
    func `a receipt with another field is refused although it is signed`(
        name: String,
        value: JSONValue,
        expected: ReceiptRefusal.Reason
    ) throws {
        let text = try sample.receipt.resigned(name, value, by: sample.worker)
        #expect(try reason { _ = try sample.receiptChecks.check(text) } == expected)
    }

    @Test(arguments: ["prompt_tokens", "completion_tokens"])
    func `a smaller count is the worker's to claim`(name: String) throws {
        let text = try sample.receipt.resigned(name, 1, by: sample.worker)
        #expect(try sample.receiptChecks.check(text).fields[name] == 1)
    }

    @Test func `times may be 30 s from the gateway's and no more`() throws {
        let tolerance: Int64 = 30_000
        for offset in [-tolerance, 0, tolerance] {
            #expect(try check(claimed: shifted(offset)) == nil)
        }
        for offset in [-tolerance - 1, tolerance + 1, Int64(1) << 50] {
            #expect(try check(claimed: shifted(offset)) == .times)
        }
    }

    @Test func `each of the three times counts for itself`() throws {
        let tolerance: Int64 = 30_000
        var late = sample.times
        late.finishedAtMS += tolerance + 1
        #expect(try check(claimed: late) == .times)
        var early = sample.times
        early.acceptedAtMS -= tolerance + 1
        #expect(try check(claimed: early) == .times)
        var claimed = sample.times
        claimed.finishedAtMS += 60_000
        claimed.firstTokenAtMS = claimed.firstTokenAtMS.map { $0 + tolerance + 1 }
        var observed = claimed
        observed.firstTokenAtMS = sample.times.firstTokenAtMS
        #expect(try check(claimed: claimed, observed: observed) == .times)
        claimed.firstTokenAtMS = claimed.firstTokenAtMS.map { $0 - 1 }
        #expect(try check(claimed: claimed, observed: observed) == nil)
    }

    @Test func `times may coincide`() throws {
        let same = JobTimes(acceptedAtMS: Sample.nowMS, firstTokenAtMS: Sample.nowMS, finishedAtMS: Sample.nowMS)
        #expect(try check(claimed: same) == nil)
    }

    @Test func `a first token that nobody relayed is refused`() throws {
        var observed = sample.times
        observed.firstTokenAtMS = nil
        #expect(try check(observed: observed) == .times)
    }

    @Test func `an output of nothing needs no first token`() throws {
        let output = [FinalChoice(index: 0, finishReason: .stop), FinalChoice(index: 1, finishReason: .stop)]
        var claimed = sample.times
        claimed.firstTokenAtMS = nil
        // The gateway saw a delta, which held finish reasons alone.
        #expect(try check(claimed: claimed, output: output, tokens: 32) == nil)
        #expect(try check(claimed: claimed, output: output, tokens: 33) == .counts)
    }

    @Test func `tokens are at most the bytes relayed and 16 a choice`() throws {
        let call = FinalToolCall(id: "1234", name: "abc", arguments: "{}")
        let first = FinalChoice(
            index: 0,
            content: "é",
            reasoningContent: "ab",
            refusal: "c",
            toolCalls: [call],
            finishReason: .stop
        )
        let output = [first, FinalChoice(index: 1, content: "x", finishReason: .stop)]
        // 2 + 2 + 1 + 4 + 3 + 2 and 1 bytes, and 2 × 16.
        #expect(try check(output: output, tokens: 47) == nil)
        #expect(try check(output: output, tokens: 48) == .counts)
    }

    @Test func `a receipt for more or fewer choices than were offered is refused`() throws {
        let more = sample.output + [FinalChoice(index: 2, finishReason: .stop)]
        #expect(try check(output: [sample.output[0]]) == .outputMismatch)
        #expect(try check(output: more) == .outputMismatch)
    }

    @Test func `choices may be given in any order`() throws {
        #expect(try check(output: sample.output.reversed()) == nil)
    }

    @Test func `the body that the gateway had counts, also against the offer`() throws {
        let checks = ReceiptChecks(
            offer: sample.offer,
            requestSHA256: Digest.sha256([]),
            output: sample.output,
            times: sample.times
        )
        let text = sample.receipt.sign(by: sample.worker).encoded
        #expect(try reason { _ = try checks.check(text) } == .requestMismatch)
    }

    @Test func `a receipt signed by another or not at all is refused`() throws {
        let stranger = Identity.generate()
        let envelope = Envelope.sign(payload: sample.receipt.canonicalPayload, type: Receipt.payloadType, by: stranger)
        #expect(try reason { _ = try sample.receiptChecks.check(envelope.encoded) } == .invalidSignature)
        for text in ["", "{}", "null"] {
            #expect(try reason { _ = try sample.receiptChecks.check(Array(text.utf8)) } == .invalidSignature)
        }
    }

    @Test func `reasons are named as in the worker protocol`() {
        #expect(
            ReceiptRefusal.Reason.allCases.map(\.rawValue) == [
                "invalid_signature", "offer_mismatch", "request_mismatch", "output_mismatch", "times", "counts",
                "job_lost", "unknown_job",
            ]
        )
    }
}
