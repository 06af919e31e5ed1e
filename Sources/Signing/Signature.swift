/// An ed25519 signature: 64 bytes, in base58 where a person or a ledger sees it.
package struct Signature: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 64

    package let bytes: [UInt8]

    /// Takes 64 bytes.
    ///
    /// - Throws: ``SigningError/Code/malformed`` for another number: libsodium would read past the end.
    package init(bytes: [UInt8]) throws(SigningError) {
        guard bytes.count == Self.byteCount else {
            throw SigningError(code: .malformed, message: "a signature has 64 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// Reads the base58 text.
    ///
    /// - Throws: ``SigningError/Code/malformed`` where it is no base58 of 64 bytes.
    package init(base58 text: String) throws(SigningError) {
        // 64 bytes have 64 to 88 characters.
        guard (64...88).contains(text.utf8.count) else {
            throw SigningError(code: .malformed, message: "a signature has 64 to 88 base58 characters")
        }
        try self.init(bytes: Base58.decode(text))
    }

    init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var base58: String { Base58.encode(bytes) }

    package var description: String { base58 }
}
