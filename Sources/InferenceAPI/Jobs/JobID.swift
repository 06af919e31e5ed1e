/// The name of a job: `job_` and 18 characters of Crockford base32 in lower case.
///
/// Shape: 90 bits, most significant first, five to a character: 48 bits of Unix milliseconds, then 42 random
/// ones. So ids sort by time as texts do, and nobody can guess the next.
package struct JobID: Hashable, Sendable, CustomStringConvertible {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let prefix = "job_"
    private static let length = 18

    /// When it was made, in Unix milliseconds.
    package let milliseconds: Int64
    private let random: UInt64

    /// - Parameters:
    ///   - milliseconds: Unix time; its low 48 bits count, which last until the year 10889.
    ///   - random: Its low 42 bits count.
    package init(milliseconds: Int64, random: UInt64) {
        self.milliseconds = milliseconds & 0xFFFF_FFFF_FFFF
        self.random = random & 0x3FF_FFFF_FFFF
    }

    /// Reads an id; `nil` unless it is in the one form in which ids are written.
    ///
    /// Crockford's aliases (`O` for `0`, capitals) are refused: a job has one name, and databases compare texts.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + Self.length else { return nil }
        var bits: UInt128 = 0
        for character in text.utf8.dropFirst(Self.prefix.utf8.count) {
            guard let value = Self.alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 5 | UInt128(value)
        }
        self.init(
            milliseconds: Int64(truncatingIfNeeded: bits >> 42),
            random: UInt64(truncatingIfNeeded: bits)
        )
    }

    package var description: String { Self.prefix + characters }

    /// The `id` of the answer: the kind's prefix, as `chatcmpl-`, and the same characters.
    package func answerID(of kind: RequestKind) -> String { kind.idPrefix + characters }

    private var characters: String {
        let bits = UInt128(milliseconds) << 42 | UInt128(random)
        return String(unsafeUninitializedCapacity: Self.length) { buffer in
            for place in 0..<Self.length {
                let shift = 5 * (Self.length - 1 - place)
                buffer[place] = Self.alphabet[Int(truncatingIfNeeded: bits >> shift) & 31]
            }
            return Self.length
        }
    }
}
