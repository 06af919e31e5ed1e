/// Base58 with Bitcoin's alphabet, as Solana writes addresses and signatures.
///
/// A leading zero byte is a leading `1`. The cost grows with the square of the length, so lengths are bounded.
package enum Base58 {
    /// Longest text that ``decode(_:)`` takes: a signature has 88 characters.
    package static let maximumLength = 256

    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    /// The value of each ASCII character; 255 where it is not in the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 128)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()

    /// Five digits are handled at a time: 58^5 is the largest power that fits 32 bits.
    private static let digitsPerStep = 5
    private static let stepBase: UInt64 = 656_356_768

    package static func encode(_ bytes: [UInt8]) -> String {
        let zeros = bytes.prefix { $0 == 0 }.count
        var limbs = limbs(of: bytes[zeros...])
        var digits: [UInt8] = []
        while !limbs.isEmpty {
            var remainder: UInt64 = 0
            for index in limbs.indices {
                let dividend = remainder << 32 | UInt64(limbs[index])
                limbs[index] = UInt32(dividend / stepBase)
                remainder = dividend % stepBase
            }
            limbs.removeFirst(limbs.prefix { $0 == 0 }.count)
            for _ in 0..<digitsPerStep {
                digits.append(alphabet[Int(remainder % 58)])
                remainder /= 58
            }
        }
        // The last step may have left zeros above the first digit.
        while digits.last == alphabet[0] { digits.removeLast() }
        digits.append(contentsOf: repeatElement(alphabet[0], count: zeros))
        return String(decoding: digits.reversed(), as: UTF8.self)
    }

    /// The bytes of a text.
    ///
    /// - Throws: ``SigningError/Code/malformed`` for a character outside the alphabet, also a blank, or a text
    ///   longer than ``maximumLength``.
    package static func decode(_ text: String) throws(SigningError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count <= maximumLength else {
            throw SigningError(code: .malformed, message: "a base58 text has at most \(maximumLength) characters")
        }
        let zeros = characters.prefix { $0 == alphabet[0] }.count
        // The least significant limb comes first here.
        var limbs: [UInt32] = []
        for character in characters[zeros...] {
            guard character < 128, values[Int(character)] != 255 else {
                throw SigningError(code: .malformed, message: "a base58 text holds a character outside its alphabet")
            }
            var carry = UInt64(values[Int(character)])
            for index in limbs.indices {
                let product = UInt64(limbs[index]) * 58 + carry
                limbs[index] = UInt32(truncatingIfNeeded: product)
                carry = product >> 32
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
        var bytes: [UInt8] = []
        for limb in limbs {
            for shift: UInt32 in [0, 8, 16, 24] {
                bytes.append(UInt8(truncatingIfNeeded: limb >> shift))
            }
        }
        while bytes.last == 0 { bytes.removeLast() }
        bytes.append(contentsOf: repeatElement(0, count: zeros))
        return bytes.reversed()
    }

    /// The bytes as one big-endian number in limbs of 32 bits, most significant first.
    private static func limbs(of bytes: ArraySlice<UInt8>) -> [UInt32] {
        var limbs: [UInt32] = []
        var limb: UInt32 = 0
        for (index, byte) in bytes.enumerated() {
            limb = limb << 8 | UInt32(byte)
            if (bytes.count - index) % 4 == 1 {
                limbs.append(limb)
                limb = 0
            }
        }
        return limbs
    }
}
