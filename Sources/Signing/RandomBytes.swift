import CSodium

/// Unpredictable bytes from the system's source, for nonces and secrets.
package enum RandomBytes {
    package static func make(count: Int) -> [UInt8] {
        precondition(count >= 0, "a count of random bytes is not negative")
        Sodium.prepare()
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }
}
