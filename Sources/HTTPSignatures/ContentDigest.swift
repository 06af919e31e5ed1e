import RawStructuredFieldValues
import Signing

/// The digests of a body, as `Content-Digest` has them.
///
/// Shape: `sha-256=:BASE64:`, `sha-512=:BASE64:` or both. Source: RFC 9530, sections 2 and 5.
package struct ContentDigest: Sendable {
    /// As a signature covers it.
    package static let headerName = "content-digest"

    private let sha256: [UInt8]?
    private let sha512: [UInt8]?

    /// Reads the header; algorithms that are not spoken here are passed over.
    ///
    /// - Throws: ``HTTPSignatureError`` with `malformed`, or `unsupported` if no digest is left.
    package init(_ header: String) throws(HTTPSignatureError) {
        guard header.utf8.count <= MessageSignature.headerBytes else {
            throw HTTPSignatureError(.malformed, "Content-Digest is longer than \(MessageSignature.headerBytes) bytes")
        }
        let members: OrderedMap<String, ItemOrInnerList>
        do {
            var parser = StructuredFieldValueParser(Array(header.utf8))
            members = try parser.parseDictionaryFieldValue()
        } catch {
            throw HTTPSignatureError(.malformed, "Content-Digest is not a dictionary of structured fields (RFC 8941)")
        }
        sha256 = try Self.bytes("sha-256", count: 32, in: members)
        sha512 = try Self.bytes("sha-512", count: 64, in: members)
        guard sha256 != nil || sha512 != nil else {
            throw HTTPSignatureError(.unsupported, "Content-Digest holds neither sha-256 nor sha-512")
        }
    }

    /// Checks every digest against the body.
    ///
    /// - Throws: ``HTTPSignatureError`` with `digestMismatch`.
    package func verify(_ body: [UInt8]) throws(HTTPSignatureError) {
        if let sha256, sha256 != Digest.sha256(body).bytes {
            throw HTTPSignatureError(.digestMismatch, "Content-Digest: sha-256 is not that of the body")
        }
        if let sha512, sha512 != SHA512.digest(of: body) {
            throw HTTPSignatureError(.digestMismatch, "Content-Digest: sha-512 is not that of the body")
        }
    }

    private static func bytes(
        _ algorithm: String,
        count: Int,
        in members: OrderedMap<String, ItemOrInnerList>
    ) throws(HTTPSignatureError) -> [UInt8]? {
        guard let member = members[algorithm] else { return nil }
        guard case .item(let item) = member, case .undecodedByteSequence(let base64) = item.rfc9651BareItem,
            let bytes = try? Base64.decode(base64), bytes.count == count
        else {
            throw HTTPSignatureError(.malformed, "Content-Digest: \(algorithm) is not \(count) bytes in base64")
        }
        return bytes
    }
}
