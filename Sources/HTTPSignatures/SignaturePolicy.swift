/// What a signature must say so that it stands for its request, and when it may be used.
///
/// The signature itself is checked by ``MessageSignature/verify(_:by:)``; that a nonce is new, by whoever remembers them.
package struct SignaturePolicy: Sendable {
    /// How far `created` may be from the time here, in seconds, either way.
    package var tolerance: Int64 = 300
    /// Longest nonce, in bytes.
    package var nonceBytes = 128

    package init() {}

    /// What is always covered; with a body `content-digest` too.
    package static let required = ["@method", "@target-uri"]

    /// Checks coverage, times and nonce.
    ///
    /// - Parameters:
    ///   - signature: Of the request.
    ///   - hasBody: Whether the request has one.
    ///   - now: Unix seconds.
    /// - Returns: The key's name and the nonce, which must never have been seen.
    /// - Throws: ``HTTPSignatureError`` with `notCovered`, `time` or `malformed`.
    package func check(
        _ signature: MessageSignature,
        hasBody: Bool,
        at now: Int64
    ) throws(HTTPSignatureError) -> (keyID: String, nonce: String) {
        let needed = Self.required + (hasBody ? [ContentDigest.headerName] : [])
        for component in needed where !signature.components.contains(component) {
            throw HTTPSignatureError(.notCovered, "the signature must cover \"\(component)\"")
        }
        guard let keyID = signature.keyID else {
            throw HTTPSignatureError(.malformed, "Signature-Input has no keyid: the wallet's address")
        }
        guard let nonce = signature.nonce, (1...nonceBytes).contains(nonce.utf8.count) else {
            throw HTTPSignatureError(.malformed, "Signature-Input has no nonce of 1 to \(nonceBytes) bytes")
        }
        guard let created = signature.created else {
            throw HTTPSignatureError(.malformed, "Signature-Input has no created: Unix seconds")
        }
        // Subtracting could overflow: the number is the caller's.
        guard (now - tolerance...now + tolerance).contains(created) else {
            throw HTTPSignatureError(.time, "created is \(created), more than \(tolerance) s from \(now) here")
        }
        if let expires = signature.expires, expires <= now {
            throw HTTPSignatureError(.time, "the signature expired at \(expires); it is \(now) here")
        }
        return (keyID, nonce)
    }
}
