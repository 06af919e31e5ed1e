import Receipts
import Signing
import StrictJSON
import Testing

@Suite struct DocumentVerifierTests {
    private let sample: Sample

    init() throws {
        sample = try Sample()
    }

    private func value(_ name: String, in report: DocumentVerifier) -> String? {
        report.fields.first { $0.name == name }?.value
    }

    @Test func `each kind is recognised with its signer and its fields in order`() throws {
        let offer = try DocumentVerifier(examining: sample.offer.sign(by: sample.gateway).encoded)
        let receipt = try DocumentVerifier(examining: sample.receipt.sign(by: sample.worker).encoded)
        let statement = try DocumentVerifier(examining: sample.statement.sign(by: sample.gateway).encoded)
        #expect([offer.kind, receipt.kind, statement.kind] == [.offer, .receipt, .ledgerEntry])
        for report in [offer, receipt, statement] {
            #expect(report.isValid && report.isCanonical && report.problems.isEmpty)
        }
        #expect(offer.signers.map(\.keyID) == [sample.gateway.address.description])
        #expect(receipt.signers.map(\.keyID) == [sample.worker.address.description])
        #expect(receipt.signers.map(\.isValid) == [true])
        #expect(receipt.payloadDigest == sample.receipt.proofHash)
        #expect(receipt.fields.map(\.name) == sample.receipt.fields.members.map(\.key))
        #expect(value("completion_tokens", in: receipt) == "1302")
        #expect(value("finish_reasons", in: receipt) == #"["length","stop"]"#)
        #expect(value("model", in: receipt) == "qwen3-8b")
    }

    @Test func `a changed payload is told`() throws {
        let envelope = sample.receipt.sign(by: sample.worker)
        var fields = sample.receipt.fields
        fields["completion_tokens"] = 9_999
        let text = String(decoding: envelope.encoded, as: UTF8.self).replacing(
            Base64.encode(envelope.payload),
            with: Base64.encode(try CanonicalJSON.encode(.object(fields)))
        )
        let report = try DocumentVerifier(examining: Array(text.utf8))
        #expect(!report.isValid && report.isCanonical)
        #expect(report.signers.map(\.isValid) == [false])
        #expect(report.problems.count == 2)
        #expect(value("completion_tokens", in: report) == "9999")
    }

    @Test func `a document signed by the wrong one is told`() throws {
        let stranger = Identity.generate()
        let envelope = Envelope.sign(payload: sample.offer.canonicalPayload, type: Offer.payloadType, by: stranger)
        let report = try DocumentVerifier(examining: envelope.encoded)
        #expect(report.signers.map(\.isValid) == [true])
        #expect(report.problems == ["it is not signed by \(sample.gateway.address), whose it is to sign"])
    }

    @Test func `a payload in another form is told`() throws {
        let payload = JSONValue.object(sample.offer.fields).encoded()
        let envelope = Envelope.sign(payload: payload, type: Offer.payloadType, by: sample.gateway)
        let report = try DocumentVerifier(examining: envelope.encoded)
        #expect(!report.isCanonical && !report.isValid)
        #expect(report.signers.map(\.isValid) == [true])
        #expect(report.fields.count == sample.offer.fields.count)
    }

    @Test func `a document of others is told as such, with its fields`() throws {
        let envelope = Envelope.sign(payload: Array(#"{"a":[1]}"#.utf8), type: "text/x", by: sample.worker)
        let report = try DocumentVerifier(examining: envelope.encoded)
        #expect(report.kind == nil && !report.isValid)
        #expect(report.fields.map(\.name) == ["a"])
        #expect(report.payloadType == "text/x")
        let noise = Envelope.sign(payload: [0xFF, 0x00], type: Offer.payloadType, by: sample.worker)
        let noiseReport = try DocumentVerifier(examining: noise.encoded)
        #expect(noiseReport.fields.isEmpty && !noiseReport.isValid)
    }

    @Test func `a text that is no envelope is refused`() throws {
        for text in ["", "{}", "hello", #"{"version":1}"#] {
            let error = #expect(throws: ReceiptError.self) { try DocumentVerifier(examining: Array(text.utf8)) }
            #expect(error?.code == .malformedEnvelope)
        }
    }
}
