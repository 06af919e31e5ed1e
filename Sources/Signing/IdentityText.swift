/// The text of an identity file, as `solana-keygen` writes it: a JSON array of 64 numbers, the seed and then the
/// public key.
///
/// Read and written between guarded buffers: the general JSON reader would leave copies of the key on the heap.
enum IdentityText {
    /// `[`, 64 numbers of at most three digits with a comma after each but the last, `]`.
    private static let maximumLength = 2 + 64 * 3 + 63

    /// The secret key of a text.
    ///
    /// - Throws: ``SigningError/Code/fileMalformed``; the message says what was found, never a number.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) throws(SigningError) -> GuardedMemory {
        try GuardedMemory(count: Identity.secretKeyByteCount) { (key) throws(SigningError) in
            var position = 0
            func skipBlanks() {
                while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
            }
            func take(_ character: Unicode.Scalar) -> Bool {
                skipBlanks()
                guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
                position += 1
                return true
            }
            guard take("[") else { throw refusal("it is not a JSON array") }
            for index in 0..<Identity.secretKeyByteCount {
                if index > 0, !take(",") { throw refusal("it holds \(index) numbers") }
                skipBlanks()
                guard let byte = parseByte(text, at: &position) else {
                    throw refusal("element \(index + 1) is not a number from 0 to 255")
                }
                key[index] = byte
            }
            guard take("]") else { throw refusal("it holds more than 64 numbers") }
            skipBlanks()
            guard position == text.count else { throw refusal("something follows the array") }
        }
    }

    /// The text of a secret key, without a line end.
    static func encode(_ key: UnsafePointer<UInt8>) -> (buffer: GuardedMemory, length: Int) {
        var length = 0
        let buffer = GuardedMemory(count: maximumLength) { text in
            func append(_ byte: UInt8) {
                text[length] = byte
                length += 1
            }
            append(UInt8(ascii: "["))
            for index in 0..<Identity.secretKeyByteCount {
                let byte = key[index]
                if index > 0 { append(UInt8(ascii: ",")) }
                if byte >= 100 { append(0x30 + byte / 100) }
                if byte >= 10 { append(0x30 + byte / 10 % 10) }
                append(0x30 + byte % 10)
            }
            append(UInt8(ascii: "]"))
        }
        return (buffer, length)
    }

    /// Reads a number from 0 to 255 in JSON's form: no sign, no leading zero.
    private static func parseByte(_ text: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt8? {
        let start = position
        var value = 0
        while position < text.count, (0x30...0x39).contains(text[position]), position - start < 3 {
            value = value * 10 + Int(text[position] - 0x30)
            position += 1
        }
        let digits = position - start
        guard digits > 0, digits == 1 || text[start] != 0x30 else { return nil }
        return UInt8(exactly: value)
    }

    private static func refusal(_ found: String) -> SigningError {
        SigningError(code: .fileMalformed, message: "expected a JSON array of 64 numbers (solana-keygen): \(found)")
    }
}
