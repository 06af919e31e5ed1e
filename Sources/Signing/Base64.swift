import CSodium

/// Base64 (RFC 4648) as DSSE envelopes carry it.
package enum Base64 {
    /// The standard alphabet, with padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        Sodium.prepare()
        // Counts the zero byte that ends a C string.
        let capacity = sodium_base64_encoded_len(bytes.count, sodium_base64_VARIANT_ORIGINAL)
        var text = [CChar](repeating: 0, count: capacity)
        sodium_bin2base64(&text, capacity, bytes, bytes.count, sodium_base64_VARIANT_ORIGINAL)
        return text.withUnsafeBytes { String(decoding: $0.dropLast(), as: UTF8.self) }
    }

    /// The bytes of a text in the standard or the URL-safe alphabet, padded or not.
    ///
    /// "Either standard or URL-safe encoding is allowed" (DSSE protocol, "Payload and signature encoding"); a text
    /// that mixes the two, holds white space or ends in bits that no byte uses is refused.
    ///
    /// - Throws: ``SigningError/Code/malformed``.
    package static func decode(_ text: String) throws(SigningError) -> [UInt8] {
        Sodium.prepare()
        let isURLSafe = text.utf8.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        let isPadded = text.utf8.count.isMultiple(of: 4)
        let variant =
            switch (isURLSafe, isPadded) {
            case (false, true): sodium_base64_VARIANT_ORIGINAL
            case (false, false): sodium_base64_VARIANT_ORIGINAL_NO_PADDING
            case (true, true): sodium_base64_VARIANT_URLSAFE
            case (true, false): sodium_base64_VARIANT_URLSAFE_NO_PADDING
            }
        var bytes = [UInt8](repeating: 0, count: text.utf8.count / 4 * 3 + 3)
        var count = 0
        let status = sodium_base642bin(&bytes, bytes.count, text, text.utf8.count, nil, &count, nil, variant)
        guard status == 0 else {
            throw SigningError(code: .malformed, message: "a text is not base64")
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
