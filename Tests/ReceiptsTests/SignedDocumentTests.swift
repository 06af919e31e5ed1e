import InferenceAPI
import Receipts
import Signing
import StrictJSON
import Testing

@Suite struct SignedDocumentTests {
    private let sample: Sample

    init() throws {
        sample = try Sample()
    }

    private func code(_ body: () throws -> Void) throws -> ReceiptError.Code {
        try #require(throws: ReceiptError.self, performing: body).code
    }

    /// Signs, sends, reads and compares; then breaks it in every way that does not need the signer's key.
    private func checkRoundTrip<Document: SignedDocument>(_ document: Document, by identity: Identity) throws {
        let envelope = document.sign(by: identity)
        #expect(CanonicalJSON.isCanonical(document.canonicalPayload))
        #expect(try Document(verifying: envelope.encoded, signer: identity.address) == document)
        #expect(document.digest == Digest.sha256(envelope.payload))
        // Any other payload under the same signature.
        let signature = Base64.encode(envelope.signatures[0].signature)
        for (name, value) in document.fields.members {
            var fields = document.fields
            fields[name] = value.isNull ? "x" : .null
            let payload = Base64.encode(try CanonicalJSON.encode(.object(fields)))
            let forged = """
                {"payload":"\(payload)","payloadType":"\(Document.payloadType)",\
                "signatures":[{"keyid":"\(identity.address)","sig":"\(signature)"}]}
                """
            #expect(
                try code { _ = try Document(verifying: Array(forged.utf8), signer: identity.address) }
                    == .invalidSignature
            )
        }
        let stranger = Identity.generate()
        #expect(try code { _ = try Document(verifying: envelope, signer: stranger.address) } == .invalidSignature)
    }

    @Test func `every kind of document survives signing and reading`() throws {
        try checkRoundTrip(sample.offer, by: sample.gateway)
        try checkRoundTrip(sample.receipt, by: sample.worker)
        for entry in try sample.entries {
            try checkRoundTrip(entry, by: sample.gateway)
        }
    }

    @Test func `a receipt of a job without a token has no time of its first`() throws {
        var times = sample.times
        times.firstTokenAtMS = nil
        let receipt = Receipt(
            offer: sample.offer,
            outputSHA256: OutputDigest.of([]),
            usage: TokenUsage(promptTokens: 0, completionTokens: 0, source: .estimated),
            finishReasons: FinishReason.allCases,
            times: times
        )
        #expect(receipt.fields["first_token_at_ms"]?.isNull == true)
        #expect(try Receipt(verifying: receipt.sign(by: sample.worker), signer: sample.worker.address) == receipt)
    }

    /// Whether a field may also hold what the test below puts there.
    private func isAllowed(_ name: String, _ value: JSONValue?) -> Bool {
        switch value {
        case .null: ["first_token_at_ms", "reference"].contains(name)
        case "x": ["model", "reference", "reason"].contains(name)
        case .integer(Amounts.largestInteger):
            ["deadline_ms", "accepted_at_ms", "first_token_at_ms", "finished_at_ms", "at_ms", "sequence"].contains(name)
        case .array([]): name == "finish_reasons"
        default: false
        }
    }

    private func checkFields<Document: SignedDocument>(of document: Document, by identity: Identity) throws {
        for (name, value) in document.fields.members {
            let others: [JSONValue?] = [
                nil, .null, "", "x", -1, [:], [], [1], true, .number("1.0"), .integer(Amounts.largestInteger),
            ]
            for other in others where other != value {
                let text = try? document.resigned(name, other, by: identity)
                // What has no canonical form cannot even be signed.
                guard let text else { continue }
                let isTaken = (try? Document(verifying: text, signer: identity.address)) != nil
                let found = "\(Document.payloadType): \(name) as \(String(describing: other))"
                #expect(isTaken == isAllowed(name, other), "\(found)")
            }
        }
    }

    @Test func `a field that is missing, null or of another type is refused, whoever signed`() throws {
        try checkFields(of: sample.offer, by: sample.gateway)
        try checkFields(of: sample.receipt, by: sample.worker)
        for entry in try sample.entries {
            // None of them the first, whose sequence number is bound to its missing predecessor.
            let later = LedgerEntry(
                network: entry.network,
                sequence: 2,
                previous: entry.digest,
                atMS: entry.atMS,
                event: entry.event
            )
            try checkFields(of: later, by: sample.gateway)
        }
    }

    @Test func `another version and unknown members are told apart from faults`() throws {
        let later = try sample.offer.resigned("version", 2, by: sample.gateway)
        #expect(try code { _ = try Offer(verifying: later, signer: sample.gateway.address) } == .unsupportedVersion)
        let more = try sample.offer.resigned("new", 1, by: sample.gateway)
        #expect(try code { _ = try Offer(verifying: more, signer: sample.gateway.address) } == .notCanonical)
    }

    @Test func `a payload that is not canonical is refused although it is signed`() throws {
        let fields = JSONValue.object(sample.offer.fields)
        for payload in [fields.encoded(), Array(" ".utf8) + sample.offer.canonicalPayload] {
            let envelope = Envelope.sign(payload: payload, type: Offer.payloadType, by: sample.gateway)
            #expect(try code { _ = try Offer(verifying: envelope, signer: sample.gateway.address) } == .notCanonical)
        }
        for text in ["", "[]", "{}", "null", "{"] {
            let envelope = Envelope.sign(payload: Array(text.utf8), type: Offer.payloadType, by: sample.gateway)
            #expect(try code { _ = try Offer(verifying: envelope, signer: sample.gateway.address) } == .malformed)
        }
    }

    @Test func `a document of one kind is none of another`() throws {
        let gateway = sample.gateway
        let offer = sample.offer.sign(by: gateway)
        #expect(try code { _ = try LedgerEntry(verifying: offer, signer: gateway.address) } == .invalidSignature)
        #expect(try code { _ = try Receipt(verifying: offer, signer: gateway.address) } == .invalidSignature)
        let relabelled = Envelope.sign(payload: offer.payload, type: LedgerEntry.payloadType, by: gateway)
        #expect(try code { _ = try LedgerEntry(verifying: relabelled, signer: gateway.address) } == .malformed)
        let noEnvelope = Array("{}".utf8)
        #expect(try code { _ = try Offer(verifying: noEnvelope, signer: gateway.address) } == .malformedEnvelope)
    }

    @Test func `nobody signs what another must sign`() throws {
        let other = Identity.generate()
        let envelope = Envelope.sign(payload: sample.offer.canonicalPayload, type: Offer.payloadType, by: other)
        #expect(try code { _ = try Offer(verifying: envelope, signer: other.address) } == .invalidSignature)
    }

    @Test func `a settlement statement does not name the caller`() throws {
        let names = Set(try sample.statement.fields.members.map(\.key))
        #expect(
            names == [
                "version", "kind", "network", "sequence", "previous", "at_ms", "job_id", "proof_hash", "worker",
                "payout_address", "credits_locked", "credits_charged", "credits_refunded", "worker_micro_usdc",
                "treasury_micro_usdc", "escrow_tx",
            ]
        )
        let account = JSONValue.string(sample.payoutAddress.description)
        let named = try sample.statement.resigned("account", account, by: sample.gateway)
        #expect(try code { _ = try LedgerEntry(verifying: named, signer: sample.gateway.address) } == .notCanonical)
    }

    @Test func `the chain begins once`() throws {
        let first = try sample.entries[0]
        let second = try sample.entries[1]
        #expect(second.previous == first.digest)
        let headless = try second.resigned("previous", .null, by: sample.gateway)
        #expect(try code { _ = try LedgerEntry(verifying: headless, signer: sample.gateway.address) } == .malformed)
        let another = try first.resigned("previous", .string(first.digest.description), by: sample.gateway)
        #expect(try code { _ = try LedgerEntry(verifying: another, signer: sample.gateway.address) } == .malformed)
    }

    @Test(arguments: [
        "credits_locked", "credits_charged", "credits_refunded", "worker_micro_usdc", "treasury_micro_usdc",
    ])
    func `amounts that do not add up are refused although they are signed`(name: String) throws {
        let value = try #require(try sample.statement.fields[name]?.intValue)
        let text = try sample.statement.resigned(name, .integer(value + 1), by: sample.gateway)
        #expect(try code { _ = try LedgerEntry(verifying: text, signer: sample.gateway.address) } == .malformed)
    }

    @Test func `a lock cannot take more from the granted credits than it holds`() throws {
        let lock = try sample.entries[2].resigned("credits_from_granted", 25, by: sample.gateway)
        #expect(try code { _ = try LedgerEntry(verifying: lock, signer: sample.gateway.address) } == .malformed)
    }

    @Test(arguments: [
        "Job timeout", "job-timeout", "JOB", "caller said: hello", "é", String(repeating: "a", count: 65),
    ])
    func `a refund's reason is one word`(reason: String) throws {
        let text = try sample.entries[4].resigned("reason", .string(reason), by: sample.gateway)
        #expect(try code { _ = try LedgerEntry(verifying: text, signer: sample.gateway.address) } == .malformed)
    }

    @Test func `no prefix of a document is one`() throws {
        let text = sample.receipt.sign(by: sample.worker).encoded
        for length in text.indices {
            #expect(throws: ReceiptError.self) {
                try Receipt(verifying: Array(text[..<length]), signer: sample.worker.address)
            }
        }
    }

    /// Made with Python's `json`, `hashlib` and `cryptography`.
    @Test func `a receipt is the bytes that other software makes`() {
        let text = String(decoding: sample.receipt.sign(by: sample.worker).encoded, as: UTF8.self)
        let expected = """
            {"payload":"eyJhY2NlcHRlZF9hdF9tcyI6MTc4MTUzMzMyMDAyMCwiY29tcGxldGlvbl90b2tlbnMiOjEzMDIsImZpbml\
            zaF9yZWFzb25zIjpbImxlbmd0aCIsInN0b3AiXSwiZmluaXNoZWRfYXRfbXMiOjE3ODE1MzMzMjMwMDAsImZpcnN0X3Rva2\
            VuX2F0X21zIjoxNzgxNTMzMzIwNDAwLCJqb2JfaWQiOiJqb2JfMDZmY3FhOTM4MDAwMDAwMDFhIiwibW9kZWwiOiJxd2VuM\
            y04YiIsIm5ldHdvcmsiOiJBS25MNE5OZjNER1daSlM2Y1BrbkJ1RUduVnNWNEE0bTV0Z2ViTEhhUlNaOSIsIm5vbmNlIjoi\
            YWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYiIsIm91dHB\
            1dF9zaGEyNTYiOiJzaGEyNTY6NWRkNzJmOWIzYTU2MjlkZmQ5YzRlYWM5MjgzMTliZjQwNTk4ZjFmZGMwMDhjMzY3YWY2ZD\
            llYTdjZDM2YjMyNCIsInBheW91dF9hZGRyZXNzIjoiR3lHS3hNeWcxcDlTc0hmbTE1TWtOVXUxdTlUTjJKdFRzcGNkbXJ0R\
            1Vkc2UiLCJwcm9tcHRfdG9rZW5zIjoxMiwicmVxdWVzdF9zaGEyNTYiOiJzaGEyNTY6YWEyNjJhZjAwMTA2MDVkZmZlMjZm\
            ZDE1ZjZmZTYyMzBjMWQwM2VmZGQ4NDViMmM4ZjE4Y2QyMjEyYzU2MGQ1YSIsInVzYWdlX3NvdXJjZSI6ImJhY2tlbmQiLCJ\
            2ZXJzaW9uIjoxLCJ3b3JrZXIiOiI5aFNSNlM3V1B0eG1Ub2pnbzZHRzNrNHlEUGVjZ0pZMjkyajd4cnNVR1dCdSJ9","pay\
            loadType":"application/vnd.decentral.receipt.v1+json","signatures":[{"keyid":"9hSR6S7WPtxmTojgo\
            6GG3k4yDPecgJY292j7xrsUGWBu","sig":"wMgXUK33GrW8SnKsCwJ/rRs8P1zCubGDT5T6ahh3yFKemtT9LX/l4NLlIaq\
            FYtCEsCP6HNjMwmvzNbNe4ki7DQ=="}]}
            """
        #expect(text == expected)
    }
}
