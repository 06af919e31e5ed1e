import CSodium

/// SHA-512, which callers may use for the digest of a body (RFC 9530); everything of ours is a ``Digest``.
package enum SHA512 {
    /// The 64 bytes of the digest of all of `bytes`.
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        Sodium.prepare()
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha512_bytes()))
        crypto_hash_sha512(&digest, bytes, UInt64(bytes.count))
        return digest
    }
}
