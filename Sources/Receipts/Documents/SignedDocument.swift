package import Signing
package import StrictJSON

/// A statement that somebody signs: an offer, a receipt, an entry of the ledger.
///
/// Its payload is the canonical JSON (RFC 8785) of its fields; a value has one payload and a payload one value, so the
/// digest of the one is that of the other. Fields are added with a new version and a new payload type.
package protocol SignedDocument: Sendable, Hashable {
    /// The payload type of its envelope.
    static var payloadType: String { get }

    /// Its members, in the order in which a person reads them.
    var fields: JSONObject { get }

    /// Who must sign it.
    var signer: Address { get }

    /// Reads the members of a payload.
    init(reading payload: PayloadReader) throws(ReceiptError)
}

extension SignedDocument {
    /// The version that every kind has now, in its field `version`.
    package static var version: Int { 1 }

    /// The bytes that are signed and digested.
    package var canonicalPayload: [UInt8] {
        do {
            return try CanonicalJSON.encode(.object(fields))
        } catch {
            preconditionFailure("a document holds a number that is out of its bounds: \(error)")
        }
    }

    /// The digest of the payload: of a receipt the `proof_hash`, of a ledger entry the next one's `previous`.
    package var digest: Digest { Digest.sha256(canonicalPayload) }

    /// Signs it.
    ///
    /// The identity must be that of ``signer``: another's signature nobody would accept.
    package func sign(by identity: Identity) -> Envelope {
        precondition(identity.address == signer, "a document is signed by the one whom it names")
        return Envelope.sign(payload: canonicalPayload, type: Self.payloadType, by: identity)
    }

    /// Takes a document from its envelope: signature, fields and canonical form, in this order.
    ///
    /// - Parameters:
    ///   - envelope: The envelope, not verified yet.
    ///   - signer: Who must have signed; the document must name the same one.
    /// - Throws: ``ReceiptError``.
    package init(verifying envelope: Envelope, signer: Address) throws(ReceiptError) {
        do {
            try envelope.verify(type: Self.payloadType, signer: signer)
        } catch {
            throw ReceiptError(code: .invalidSignature, message: error.message)
        }
        try self.init(payload: envelope.payload)
        guard self.signer == signer else {
            throw ReceiptError(
                code: .invalidSignature,
                message: "the document is \(self.signer)'s to sign, and \(signer) signed it"
            )
        }
    }

    /// Takes a document from the text of its envelope.
    ///
    /// - Throws: ``ReceiptError``, with ``ReceiptError/Code/malformedEnvelope`` where the text is none.
    package init(verifying text: [UInt8], signer: Address) throws(ReceiptError) {
        try self.init(verifying: Envelope(reading: text), signer: signer)
    }

    /// Reads a payload without asking who signed it.
    ///
    /// For whoever keeps payload and signature apart and has verified the one against the other, as a ledger's audit.
    ///
    /// - Throws: ``ReceiptError``.
    package init(payload: [UInt8]) throws(ReceiptError) {
        try self.init(reading: PayloadReader(payload, version: Self.version))
        // One comparison covers the form of the text and members that this version does not have.
        guard canonicalPayload == payload else {
            throw ReceiptError(
                code: .notCanonical,
                message: "the payload is not the canonical JSON of the fields of version \(Self.version)"
            )
        }
    }
}

extension Envelope {
    /// Reads an envelope's text, with this target's error.
    init(reading text: [UInt8]) throws(ReceiptError) {
        do {
            try self.init(parsing: text)
        } catch {
            throw ReceiptError(code: .malformedEnvelope, message: error.message)
        }
    }
}
