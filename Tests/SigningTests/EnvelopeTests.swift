import Signing
import StrictJSON
import Testing

@Suite struct EnvelopeTests {
    private let type = "application/vnd.decentral.test.v1+json"
    private let identity: Identity

    init() throws {
        identity = try Identity(seed: [UInt8](repeating: 5, count: 32))
    }

    private func parse(_ text: String) throws -> Envelope {
        try Envelope(parsing: Array(text.utf8))
    }

    private func code(_ body: () throws -> Void) throws -> SigningError.Code {
        try #require(throws: SigningError.self, performing: body).code
    }

    /// The example of DSSE's protocol.md.
    @Test func `what is signed has its lengths in front`() {
        let bytes = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld",
            payload: Array("hello world".utf8)
        )
        #expect(String(decoding: bytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
        #expect(
            String(decoding: Envelope.preAuthenticationEncoding(type: "é", payload: []), as: UTF8.self)
                == "DSSEv1 2 é 0 "
        )
    }

    /// Made with Python's `cryptography` (OpenSSL), `base64` and `json`.
    @Test func `an envelope is the bytes that other libraries make`() throws {
        let payload = Array(#"{"a":1,"b":"é"}"#.utf8)
        let envelope = Envelope.sign(payload: payload, type: type, by: identity)
        let expected =
            #"{"payload":"eyJhIjoxLCJiIjoiw6kifQ==","payloadType":"application/vnd.decentral.test.v1+json","s"#
            + #"ignatures":[{"keyid":"8SFqwqnq4whPhs8icwHA2hQg3hUoN1qrCLK1SBx3WKwe","sig":"GiAeyfVK6eQNFiHYVSN4"#
            + #"PiVC2/dN2rKnJRaousksM2drfSCv/19x9VK/Jvhiy6mmUQiknBCS2+w7wQskqNoaAQ=="}]}"#
        #expect(String(decoding: envelope.encoded, as: UTF8.self) == expected)
        try envelope.verify(type: type, signer: identity.address)
    }

    @Test func `an envelope survives writing and reading`() throws {
        for length in [0, 1, 2, 3, 700, 5_000] {
            let envelope = Envelope.sign(payload: RandomBytes.make(count: length), type: type, by: identity)
            let read = try Envelope(parsing: envelope.encoded)
            #expect(read == envelope)
            try read.verify(type: type, signer: identity.address)
        }
    }

    @Test func `members of later versions are ignored and both alphabets read`() throws {
        let envelope = Envelope.sign(payload: [0xFB, 0xFF, 0xBF], type: type, by: identity)
        let signature = Base64.encode(envelope.signatures[0].signature)
        let urlSafe = signature.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let text = """
            { "new": [1.5], "signatures": [ {"sig": "AAAA"}, {"keyid": null, "sig": ""},
              {"keyid": "\(identity.address)", "sig": "\(urlSafe)", "cert": {}} ],
              "payloadType": "\(type)", "payload": "-_-_" }
            """
        let read = try parse(text)
        #expect(read.payload == [0xFB, 0xFF, 0xBF])
        #expect(read.signatures.map(\.keyID) == ["", "", identity.address.description])
        try read.verify(type: type, signer: identity.address)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{",
        #"{"payload":"AAAA","payloadType":"t"}"#,
        #"{"payload":"AAAA","payloadType":"t","signatures":[]}"#,
        #"{"payload":"AAAA","payloadType":"t","signatures":{}}"#,
        #"{"payload":"AAAA","payloadType":"t","signatures":[1]}"#,
        #"{"payload":"AAAA","payloadType":"t","signatures":[{"keyid":"k"}]}"#,
        #"{"payload":"AAAA","payloadType":"t","signatures":[{"keyid":1,"sig":"AAAA"}]}"#,
        #"{"payload":"AAAA","payloadType":"t","signatures":[{"keyid":"k","sig":"A"}]}"#,
        #"{"payload":"A!AA","payloadType":"t","signatures":[{"keyid":"k","sig":"AAAA"}]}"#,
        #"{"payload":1,"payloadType":"t","signatures":[{"keyid":"k","sig":"AAAA"}]}"#,
        #"{"payloadType":"t","signatures":[{"keyid":"k","sig":"AAAA"}]}"#,
        #"{"payload":"AAAA","signatures":[{"keyid":"k","sig":"AAAA"}]}"#,
        #"{"payload":"AAAA","payload":"AAAA","payloadType":"t","signatures":[{"keyid":"k","sig":"AAAA"}]}"#,
        #"{"payload":"AAAA","payloadType":null,"signatures":[{"keyid":"k","sig":"AAAA"}]}"#,
    ])
    func `what is not an envelope is refused`(text: String) throws {
        #expect(try code { _ = try parse(text) } == .malformedEnvelope)
    }

    @Test func `more signatures than anybody needs are refused`() throws {
        let entries = [String](repeating: #"{"sig":"AAAA"}"#, count: 17).joined(separator: ",")
        let text = #"{"payload":"AAAA","payloadType":"t","signatures":[\#(entries)]}"#
        #expect(try code { _ = try parse(text) } == .malformedEnvelope)
    }

    @Test func `the type, the signer and the signature must be right`() throws {
        let envelope = Envelope.sign(payload: [1, 2, 3], type: type, by: identity)
        let other = Identity.generate()
        #expect(try code { try envelope.verify(type: "another", signer: identity.address) } == .wrongPayloadType)
        #expect(try code { try envelope.verify(type: type, signer: other.address) } == .wrongSigner)
        // Another's signature under this signer's name.
        let text = String(decoding: Envelope.sign(payload: [1, 2, 3], type: type, by: other).encoded, as: UTF8.self)
        let forged = try parse(text.replacing("\(other.address)", with: "\(identity.address)"))
        #expect(try code { try forged.verify(type: type, signer: identity.address) } == .invalidSignature)
        // A signature cut short must not reach libsodium.
        let short =
            #"{"payload":"AAAA","payloadType":"\#(type)","signatures":[{"keyid":"\#(identity.address)","sig":"AAAA"}]}"#
        #expect(try code { try parse(short).verify(type: type, signer: identity.address) } == .invalidSignature)
    }

    @Test func `an envelope with any byte changed no longer says the same`() throws {
        let envelope = Envelope.sign(payload: Array("payload".utf8), type: type, by: identity)
        let text = envelope.encoded
        for index in text.indices {
            for bit: UInt8 in [0x01, 0x04, 0x20] {
                var changed = text
                changed[index] ^= bit
                // Refused, or read as exactly what was signed: a blank for a blank.
                guard let read = try? Envelope(parsing: changed) else { continue }
                guard (try? read.verify(type: type, signer: identity.address)) != nil else { continue }
                #expect(read.payload == envelope.payload && read.payloadType == envelope.payloadType)
            }
        }
    }

    @Test func `no prefix of an envelope is one`() {
        let text = Envelope.sign(payload: Array("payload".utf8), type: type, by: identity).encoded
        for length in text.indices {
            #expect(throws: SigningError.self) { try Envelope(parsing: Array(text[..<length])) }
        }
    }
}
