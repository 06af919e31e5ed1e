package import Signing
import StrictJSON

/// Checks a signed document by itself, with nothing but its text.
///
/// This is what `decentral-worker receipts verify FILE` shows.
package struct DocumentVerifier: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case offer
        case receipt
        /// An entry of the ledger; of the kind `settle` it is a settlement statement.
        case ledgerEntry = "ledger-entry"
    }

    /// Who signed, as the envelope names them, and whether that signature holds.
    package struct Signer: Sendable, Equatable {
        package let keyID: String
        package let isValid: Bool
    }

    /// A member of the payload, for people: texts as they are, everything else as JSON.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// What the payload type says; `nil` where it is none of ours.
    package let kind: Kind?
    package let payloadType: String
    package let signers: [Signer]
    /// Whether the payload is canonical JSON, byte for byte.
    package let isCanonical: Bool
    /// The digest of the payload: of a receipt, the `proof_hash`.
    package let payloadDigest: Digest
    /// The members in the order of the document's description; those of an unknown or faulty payload as they stand.
    package let fields: [Field]
    /// What does not hold, in sentences; empty if everything does.
    package let problems: [String]

    /// Whether everything holds.
    package var isValid: Bool { problems.isEmpty }

    /// Examines the JSON text of an envelope.
    ///
    /// - Throws: ``ReceiptError/Code/malformedEnvelope`` where it is none; every other fault is told in
    ///   ``problems``.
    package init(examining text: [UInt8]) throws(ReceiptError) {
        let envelope = try Envelope(reading: text)
        payloadType = envelope.payloadType
        kind = Self.kind(of: envelope)
        isCanonical = CanonicalJSON.isCanonical(envelope.payload)
        payloadDigest = Digest.sha256(envelope.payload)
        signers = envelope.signatures.map {
            Signer(keyID: $0.keyID, isValid: Self.isSigned(envelope, by: try? Address(base58: $0.keyID)))
        }
        var problems = signers.filter { !$0.isValid }.map { "the signature of \"\($0.keyID)\" does not hold" }
        let members: [JSONObject.Member]
        do throws(ReceiptError) {
            let document = try Self.document(in: envelope)
            members = document.fields.members
            if !signers.contains(where: { $0.isValid && $0.keyID == document.signer.description }) {
                problems.append("it is not signed by \(document.signer), whose it is to sign")
            }
        } catch {
            members = (try? JSONValue(parsing: envelope.payload))?.objectValue?.members ?? []
            problems.append(error.message)
        }
        fields = members.map {
            Field(name: $0.key, value: $0.value.stringValue ?? String(decoding: $0.value.encoded(), as: UTF8.self))
        }
        self.problems = problems
    }

    private static func kind(of envelope: Envelope) -> Kind? {
        switch envelope.payloadType {
        case Offer.payloadType: .offer
        case Receipt.payloadType: .receipt
        case LedgerEntry.payloadType: .ledgerEntry
        default: nil
        }
    }

    private static func document(in envelope: Envelope) throws(ReceiptError) -> any SignedDocument {
        switch kind(of: envelope) {
        case .offer: return try Offer(payload: envelope.payload)
        case .receipt: return try Receipt(payload: envelope.payload)
        case .ledgerEntry: return try LedgerEntry(payload: envelope.payload)
        case nil:
            throw ReceiptError(code: .invalidSignature, message: "the payload type is none of this network's")
        }
    }

    private static func isSigned(_ envelope: Envelope, by signer: Address?) -> Bool {
        guard let signer else { return false }
        do throws(SigningError) {
            try envelope.verify(type: envelope.payloadType, signer: signer)
            return true
        } catch {
            return false
        }
    }
}
