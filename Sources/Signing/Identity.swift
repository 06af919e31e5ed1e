import CSodium

/// Somebody who can sign: an ed25519 key pair whose secret never leaves guarded memory.
package final class Identity: Sendable {
    package static let seedByteCount = 32

    /// The public half.
    package let address: Address

    /// The 64 bytes that libsodium signs with: seed, then public key.
    private let secretKey: GuardedMemory

    /// A new identity from the system's random source.
    package static func generate() -> Identity {
        var publicKey = [UInt8](repeating: 0, count: Address.byteCount)
        let secretKey = GuardedMemory(count: secretKeyByteCount) { key in
            _ = crypto_sign_keypair(&publicKey, key)
        }
        return Identity(address: Address(unchecked: publicKey), secretKey: secretKey)
    }

    /// The identity of a 32-byte seed.
    ///
    /// The caller's copy of the seed is the caller's to wipe.
    ///
    /// - Throws: ``SigningError/Code/malformed`` for another number of bytes.
    package convenience init(seed: [UInt8]) throws(SigningError) {
        guard seed.count == Self.seedByteCount else {
            throw SigningError(code: .malformed, message: "a seed has 32 bytes, not \(seed.count)")
        }
        self.init(Self.makeKeyPair(seed: seed))
    }

    /// The identity of a secret key as it stands in an identity file: 32 bytes seed, 32 bytes public key.
    ///
    /// - Throws: ``SigningError/Code/malformed`` where the public key is not the seed's.
    convenience init(secretKey: GuardedMemory) throws(SigningError) {
        precondition(secretKey.count == Self.secretKeyByteCount, "a secret key has 64 bytes")
        let pair = secretKey.withBytes(Self.makeKeyPair)
        let isSame = secretKey.withBytes { claimed in
            pair.secretKey.withBytes { sodium_memcmp($0, claimed, Self.secretKeyByteCount) == 0 }
        }
        guard isSame else {
            throw SigningError(
                code: .malformed,
                message: "the public half of the key does not belong to its secret half"
            )
        }
        self.init(pair)
    }

    private init(address: Address, secretKey: GuardedMemory) {
        self.address = address
        self.secretKey = secretKey
    }

    private convenience init(_ pair: (address: Address, secretKey: GuardedMemory)) {
        self.init(address: pair.address, secretKey: pair.secretKey)
    }

    /// The signature over exactly these bytes; the same bytes have the same signature (RFC 8032).
    package func sign(_ message: [UInt8]) -> Signature {
        var signature = [UInt8](repeating: 0, count: Signature.byteCount)
        secretKey.withBytes { _ = crypto_sign_detached(&signature, nil, message, UInt64(message.count), $0) }
        return Signature(unchecked: signature)
    }

    /// Lends the 64 bytes of the secret key to whoever writes an identity file.
    func withSecretKey<Result>(
        _ body: (UnsafePointer<UInt8>) throws(SigningError) -> Result
    )
        throws(SigningError) -> Result
    {
        try secretKey.withBytes(body)
    }

    static let secretKeyByteCount = 64

    private static func makeKeyPair(
        seed: UnsafePointer<UInt8>
    ) -> (address: Address, secretKey: GuardedMemory) {
        var publicKey = [UInt8](repeating: 0, count: Address.byteCount)
        let secretKey = GuardedMemory(count: secretKeyByteCount) { key in
            _ = crypto_sign_seed_keypair(&publicKey, key, seed)
        }
        return (Address(unchecked: publicKey), secretKey)
    }
}
