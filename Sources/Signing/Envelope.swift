import StrictJSON

/// A signed document: a DSSE envelope (Dead Simple Signing Envelope v1).
///
/// Shape as JSON: `{"payload":base64,"payloadType":text,"signatures":[{"keyid":address,"sig":base64}]}`. A
/// signature is over ``preAuthenticationEncoding(type:payload:)``, hence over the payload's bytes, not over JSON.
/// Source: https://github.com/secure-systems-lab/dsse, envelope.md and protocol.md.
package struct Envelope: Sendable, Equatable {
    /// One signature with the name of its signer.
    package struct Entry: Sendable, Equatable {
        /// The signer's address; empty where the envelope does not say.
        package let keyID: String
        /// The bytes as they stood; 64 of them in a signature that holds.
        package let signature: [UInt8]
    }

    /// What a reader takes: documents of this project have about 2 KiB.
    private static let limits = JSONLimits(maximumDepth: 8, maximumBytes: 256 << 10, maximumValues: 1_000)
    private static let maximumSignatures = 16

    package let payloadType: String
    package let payload: [UInt8]
    package let signatures: [Entry]

    private init(payloadType: String, payload: [UInt8], signatures: [Entry]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// Signs a payload of a type.
    package static func sign(payload: [UInt8], type: String, by identity: Identity) -> Envelope {
        let signature = identity.sign(preAuthenticationEncoding(type: type, payload: payload))
        return Envelope(
            payloadType: type,
            payload: payload,
            signatures: [Entry(keyID: identity.address.description, signature: signature.bytes)]
        )
    }

    /// Reads the JSON text.
    ///
    /// Members that are not part of an envelope are ignored, as DSSE demands.
    ///
    /// - Throws: ``SigningError/Code/malformedEnvelope``. Nothing is verified yet.
    package init(parsing text: [UInt8]) throws(SigningError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text, limits: Self.limits)
        } catch {
            throw Self.refusal("it is not JSON: \(error)")
        }
        guard let type = value["payloadType"]?.stringValue else {
            throw Self.refusal("it has no \"payloadType\"")
        }
        guard let entries = value["signatures"]?.arrayValue, (1...Self.maximumSignatures).contains(entries.count) else {
            throw Self.refusal("it has no \"signatures\", or more than \(Self.maximumSignatures)")
        }
        payloadType = type
        payload = try Self.bytes(of: value["payload"], "payload")
        var signatures: [Entry] = []
        for entry in entries {
            let keyID = entry["keyid"] ?? ""
            guard let keyID = keyID.isNull ? "" : keyID.stringValue else {
                throw Self.refusal("a \"keyid\" is not a string")
            }
            signatures.append(Entry(keyID: keyID, signature: try Self.bytes(of: entry["sig"], "sig")))
        }
        self.signatures = signatures
    }

    /// The envelope as JSON text, in standard base64 with padding.
    package var encoded: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(payload.count * 4 / 3 + 320)
        JSONText.append(#"{"payload":"#, to: &out)
        JSONText.appendString(Base64.encode(payload), to: &out)
        JSONText.append(#","payloadType":"#, to: &out)
        JSONText.appendString(payloadType, to: &out)
        JSONText.append(#","signatures":["#, to: &out)
        for (index, entry) in signatures.enumerated() {
            JSONText.append(index > 0 ? #",{"keyid":"# : #"{"keyid":"#, to: &out)
            JSONText.appendString(entry.keyID, to: &out)
            JSONText.append(#","sig":"#, to: &out)
            JSONText.appendString(Base64.encode(entry.signature), to: &out)
            JSONText.append("}", to: &out)
        }
        JSONText.append("]}", to: &out)
        return out
    }

    /// Checks that the envelope is of this type and that `signer` signed it; signatures of others do not matter.
    ///
    /// - Throws: ``SigningError/Code/wrongPayloadType``, ``SigningError/Code/wrongSigner``,
    ///   ``SigningError/Code/invalidSignature``.
    package func verify(type: String, signer: Address) throws(SigningError) {
        guard payloadType.utf8.elementsEqual(type.utf8) else {
            throw SigningError(code: .wrongPayloadType, message: "expected a payload of the type \(type)")
        }
        let candidates = signatures.filter { $0.keyID.utf8.elementsEqual(signer.description.utf8) }
        guard !candidates.isEmpty else {
            throw SigningError(code: .wrongSigner, message: "expected a signature by \(signer)")
        }
        let message = Self.preAuthenticationEncoding(type: payloadType, payload: payload)
        for candidate in candidates {
            guard let signature = try? Signature(bytes: candidate.signature) else { continue }
            if signer.verify(signature, of: message) { return }
        }
        throw SigningError(code: .invalidSignature, message: "the signature by \(signer) does not hold")
    }

    /// The bytes that are signed: `DSSEv1`, the type's length, the type, the payload's length, the payload, with one
    /// blank between; lengths are numbers of bytes in decimal (DSSE protocol.md, "Signature Definition").
    package static func preAuthenticationEncoding(type: String, payload: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(payload.count + type.utf8.count + 32)
        out.append(contentsOf: "DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8)
        out.append(contentsOf: payload)
        return out
    }

    private static func bytes(of value: JSONValue?, _ name: String) throws(SigningError) -> [UInt8] {
        guard let text = value?.stringValue, let bytes = try? Base64.decode(text) else {
            throw refusal("its \"\(name)\" is not base64")
        }
        return bytes
    }

    private static func refusal(_ found: String) -> SigningError {
        SigningError(code: .malformedEnvelope, message: "expected a DSSE envelope: \(found)")
    }
}
