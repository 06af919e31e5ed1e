import CSodium

/// Who somebody is: an ed25519 public key, in base58 as on Solana.
package struct Address: Sendable, CustomStringConvertible {
    package static let byteCount = 32

    /// The 32 bytes of the public key.
    package let bytes: [UInt8]

    /// The base58 text; kept, since it is written far more often than it is made.
    package let description: String

    /// Takes the 32 bytes of a public key.
    ///
    /// Whether they are a point of the curve shows when a signature is checked.
    ///
    /// - Throws: ``SigningError/Code/malformed`` for another number of bytes.
    package init(publicKey bytes: [UInt8]) throws(SigningError) {
        guard bytes.count == Self.byteCount else {
            throw SigningError(code: .malformed, message: "a public key has 32 bytes, not \(bytes.count)")
        }
        self.init(unchecked: bytes)
    }

    /// Reads the base58 text.
    ///
    /// - Throws: ``SigningError/Code/malformed`` where it is no base58 of 32 bytes.
    package init(base58 text: String) throws(SigningError) {
        // 32 bytes have 32 to 44 characters.
        guard (32...44).contains(text.utf8.count) else {
            throw SigningError(code: .malformed, message: "an address has 32 to 44 base58 characters")
        }
        try self.init(publicKey: Base58.decode(text))
    }

    init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
        description = Base58.encode(bytes)
    }

    /// Whether `signature` is this address's over exactly these bytes.
    ///
    /// libsodium refuses what Solana's `verify_strict` refuses: small-order keys, non-canonical points and scalars.
    package func verify(_ signature: Signature, of message: [UInt8]) -> Bool {
        Sodium.prepare()
        return crypto_sign_verify_detached(signature.bytes, message, UInt64(message.count), bytes) == 0
    }
}

extension Address: Hashable {
    package static func == (one: Address, other: Address) -> Bool {
        one.bytes == other.bytes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}
