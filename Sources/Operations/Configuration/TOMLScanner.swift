/// Walks over TOML text, counting lines: the lexical half of ``ConfigurationLineIndex``.
///
/// Source: TOML 1.0.0, "Comment", "Keys" and "String".
struct TOMLScanner {
    private let bytes: [UInt8]
    private var position = 0
    /// The line of the next byte, counted from 1.
    private(set) var line = 1

    init(text: String) {
        self.bytes = Array(text.utf8)
    }

    private var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    mutating func advance() {
        guard let byte = self.next else { return }
        if byte == UInt8(ascii: "\n") {
            self.line += 1
        }
        self.position += 1
    }

    /// Takes one character if it is the next one.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let next = self.next, UInt32(next) == character.value else { return false }
        self.advance()
        return true
    }

    mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = self.next, condition(byte) {
            self.advance()
        }
    }

    mutating func skipSpaces() {
        self.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// Skips blanks, line ends and comments; says whether anything follows.
    mutating func skipToContent() -> Bool {
        while let byte = self.next {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): self.advance()
            case UInt8(ascii: "#"): self.skip { $0 != UInt8(ascii: "\n") }
            default: return true
            }
        }
        return false
    }

    /// Takes a dotted key with the blanks around it: `a . "b.c"` is two keys.
    mutating func takeKeys() -> [String] {
        var keys: [String] = []
        repeat {
            self.skipSpaces()
            if let quoted = self.takeString() {
                keys.append(quoted)
            } else {
                let start = self.position
                self.skip { Self.belongsToBareKey($0) }
                keys.append(String(decoding: self.bytes[start..<self.position], as: UTF8.self))
            }
            self.skipSpaces()
        } while self.take(".")
        return keys
    }

    /// Takes a string of any of the four kinds and returns what stands between its quotes, escapes as written.
    ///
    /// Escapes are left alone: a key that is written with one has no line of its own, which costs little.
    mutating func takeString() -> String? {
        guard let quote = self.next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let isMultiline = self.bytes[self.position...].prefix(3).allSatisfy { $0 == quote } && self.hasBytes(3)
        let width = isMultiline ? 3 : 1
        self.advance(width)
        let start = self.position
        while let byte = self.next {
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                self.advance(2)
            } else if byte == quote, self.bytes[self.position...].prefix(width).allSatisfy({ $0 == quote }),
                self.hasBytes(width)
            {
                break
            } else {
                self.advance()
            }
        }
        // The content of a multi-line string may itself end with one or two quotes.
        while isMultiline, self.hasBytes(4), self.bytes[self.position + 3] == quote {
            self.advance()
        }
        let content = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        self.advance(width)
        return content
    }

    /// Whether a byte ends a number, a boolean or a date.
    static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "\n"): true
        default: false
        }
    }

    private static func belongsToBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func hasBytes(_ count: Int) -> Bool { self.bytes.count - self.position >= count }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count {
            self.advance()
        }
    }
}
