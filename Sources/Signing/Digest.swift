import CSodium

/// A SHA-256 digest; as text `sha256:` and 64 hexadecimal digits in lower case.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 32
    private static let prefix = "sha256:"

    /// The 32 bytes of the digest.
    package let bytes: [UInt8]

    /// Takes 32 bytes.
    ///
    /// - Throws: ``SigningError/Code/malformed`` for another number.
    package init(bytes: [UInt8]) throws(SigningError) {
        guard bytes.count == Self.byteCount else {
            throw SigningError(code: .malformed, message: "a digest has 32 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// Reads the text form.
    ///
    /// - Throws: ``SigningError/Code/malformed``.
    package init(_ text: String) throws(SigningError) {
        guard text.utf8.count == Self.prefix.utf8.count + 2 * Self.byteCount, text.hasPrefix(Self.prefix) else {
            throw SigningError(code: .malformed, message: "a digest is \"sha256:\" and 64 hexadecimal digits")
        }
        try self.init(bytes: Hex.decode(String(text.utf8.dropFirst(Self.prefix.utf8.count)) ?? ""))
    }

    fileprivate init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The digest of all of `bytes`.
    package static func sha256(_ bytes: [UInt8]) -> Digest {
        var hasher = DigestHasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    package var description: String { Self.prefix + Hex.encode(bytes) }
}

/// Makes a ``Digest`` of bytes that come in pieces.
package struct DigestHasher {
    private var state = crypto_hash_sha256_state()

    package init() {
        Sodium.prepare()
        crypto_hash_sha256_init(&state)
    }

    package mutating func update(_ bytes: [UInt8]) {
        crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
    }

    /// The digest of everything so far; the hasher can go on afterwards.
    package func finish() -> Digest {
        var state = state
        var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
        crypto_hash_sha256_final(&state, &bytes)
        return Digest(unchecked: bytes)
    }
}
