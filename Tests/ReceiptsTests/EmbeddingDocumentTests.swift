import InferenceAPI
import Receipts
import Signing
import StrictJSON
import Testing

/// The documents of jobs that make vectors: the prompt is billed, and no choice has a finish reason.
@Suite struct EmbeddingDocumentTests {
    private static let vector: [UInt8] = [0, 0, 0x80, 0x3F]
    private let sample: Sample

    init() throws {
        sample = try Sample()
    }

    private var offer: Offer {
        Offer(
            jobID: sample.jobID,
            network: sample.gateway.address,
            worker: sample.worker.address,
            payoutAddress: sample.payoutAddress,
            model: "m",
            requestSHA256: Digest.sha256(Sample.body),
            maxOutputTokens: 1_500,
            rule: ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 1, billed: .prompt),
            creditsLocked: 12,
            shareBPS: 7_500,
            nonce: [UInt8](repeating: 0xAB, count: 32),
            deadlineMS: Sample.nowMS + 120_000,
            escrowTx: sample.escrowTx
        )
    }

    private var output: [FinalChoice] {
        (0..<3).map { FinalChoice(index: $0, embedding: $0 == 2 ? [] : Self.vector, finishReason: .stop) }
    }

    private func receipt(prompt: Int = 1_001, completion: Int = 0, reasons: [FinishReason] = []) -> Receipt {
        Receipt(
            offer: offer,
            outputSHA256: OutputDigest.of(output, form: .vectors),
            usage: TokenUsage(promptTokens: prompt, completionTokens: completion, source: .backend),
            finishReasons: reasons,
            times: sample.times
        )
    }

    private func check(_ receipt: Receipt, output: [FinalChoice]? = nil) throws {
        let checks = ReceiptChecks(
            offer: offer,
            requestSHA256: Digest.sha256(Sample.body),
            output: output ?? self.output,
            times: sample.times
        )
        _ = try checks.check(receipt.sign(by: sample.worker).encoded)
    }

    @Test func `the digest is over base64, and null for an input without a vector`() {
        let text =
            #"[{"embedding":"AACAPw==","index":0},{"embedding":"AACAPw==","index":1},{"embedding":null,"index":2}]"#
        #expect(OutputDigest.of(output, form: .vectors) == Digest.sha256(Array(text.utf8)))
    }

    @Test func `an offer says by its limit that the prompt is billed`() throws {
        #expect(offer.fields["max_prompt_tokens"] == 1_500)
        #expect(offer.fields["max_output_tokens"] == nil)
        let read = try Offer(verifying: offer.sign(by: sample.gateway).encoded, signer: sample.gateway.address)
        #expect(read == offer)
        #expect(sample.offer.fields["max_prompt_tokens"] == nil)
    }

    @Test func `an offer with both limits is none`() throws {
        let both = try offer.resigned("max_output_tokens", 1_500, by: sample.gateway)
        #expect(throws: ReceiptError.self) { try Offer(verifying: both, signer: sample.gateway.address) }
    }

    @Test func `the charge is the prompt's, the same on both sides`() throws {
        let amounts = try StatementChecks.amounts(offer: offer, receipt: receipt())
        #expect(amounts.creditsCharged == 8 + 3)  // 501 tokens beyond the first 500, at 4 for a thousand.
        #expect(try offer.rule.lock(maxOutputTokens: offer.maxOutputTokens) == offer.creditsLocked)
    }

    @Test func `a sound receipt is taken`() throws {
        try check(receipt(prompt: 1_500))
    }

    @Test func `counts beyond the offer, an output that is not the relayed one, and finish reasons are refused`() throws
    {
        func reason(_ body: () throws -> Void) throws -> ReceiptRefusal.Reason {
            try #require(throws: ReceiptRefusal.self, performing: body).reason
        }
        #expect(try reason { try check(receipt(prompt: 1_501)) } == .counts)
        #expect(try reason { try check(receipt(completion: 1)) } == .counts)
        #expect(try reason { try check(receipt(), output: []) } == .outputMismatch)
        #expect(try reason { try check(receipt(), output: Array(output.dropLast())) } == .outputMismatch)
        #expect(try reason { try check(receipt(reasons: [.stop])) } == .outputMismatch)
    }

    @Test func `a worker refuses an offer that bills what its body has not`() throws {
        let checks = OfferChecks(
            network: sample.gateway.address,
            worker: sample.worker.address,
            payoutAddress: sample.payoutAddress,
            shareBPS: 7_500
        )
        func check(_ billed: BilledTokens) throws {
            _ = try checks.check(
                offer.sign(by: sample.gateway).encoded,
                jobID: sample.jobID.description,
                body: Sample.body,
                choices: 1,
                billed: billed,
                nowMS: Sample.nowMS,
                hostsModel: { _ in true }
            )
        }
        try check(.prompt)
        let refusal = try #require(throws: OfferRefusal.self) { try check(.completion) }
        #expect(refusal.reason == .termsMismatch)
    }
}
