/// Reads a JSON text from front to back without building a tree.
///
/// For texts whose members are known and that come often, such as a token's chunk: what is wanted is read where
/// it stands, the rest is passed over. Looser than ``JSONValue/init(parsing:limits:)`` in what it passes over:
/// there a key may come twice, and escapes and UTF-8 are not looked into.
///
/// The bytes must outlive the reader: it is made and used inside one `withUnsafeBufferPointer`.
package struct JSONReader {
    /// What a value is, told by its first byte.
    package enum Kind: Sendable {
        case object
        case array
        case string
        case number
        case bool
        case null
    }

    private var parser: JSONParser
    /// Whether the array or object entered last has had no element yet.
    private var isAtFirst = false

    package init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = .standard) {
        parser = JSONParser(bytes: bytes, limits: limits)
    }

    /// What the next value is; it stays the next one.
    package mutating func kind() throws(JSONError) -> Kind {
        parser.skipWhiteSpace()
        switch try parser.peek() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw parser.error(.syntax, "expected a value")
        }
    }

    /// Goes into the object that comes next; ``nextKey()`` then walks its members.
    package mutating func enterObject() throws(JSONError) {
        try enter(UInt8(ascii: "{"))
    }

    /// Goes into the array that comes next; ``nextElement()`` then walks its elements.
    package mutating func enterArray() throws(JSONError) {
        try enter(UInt8(ascii: "["))
    }

    /// The next key of the object, whose value must be read or skipped after it; `nil` at the object's end.
    ///
    /// - Returns: The bytes between the key's quotes, escapes as they stand.
    package mutating func nextKey() throws(JSONError) -> UnsafeBufferPointer<UInt8>? {
        guard try step(end: UInt8(ascii: "}")) else { return nil }
        guard try parser.peek() == UInt8(ascii: "\"") else {
            throw parser.error(.syntax, "expected a key in quotes")
        }
        let start = parser.position + 1
        try skipString()
        let key = UnsafeBufferPointer(rebasing: parser.bytes[start..<parser.position - 1])
        parser.skipWhiteSpace()
        guard try parser.peek() == UInt8(ascii: ":") else {
            throw parser.error(.syntax, "expected a colon after the key")
        }
        parser.position += 1
        return key
    }

    /// Whether the array has another element, which must be read or skipped next.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try step(end: UInt8(ascii: "]"))
    }

    /// Reads a string.
    package mutating func readString() throws(JSONError) -> String {
        guard try kind() == .string else { throw parser.error(.syntax, "expected a string") }
        return try parser.parseString()
    }

    /// Reads a number; `nil` where it is no integer that fits `Int`.
    package mutating func readInteger() throws(JSONError) -> Int? {
        guard try kind() == .number else { throw parser.error(.syntax, "expected a number") }
        return try parser.parseNumber().intValue
    }

    /// Passes over one value.
    ///
    /// - Returns: Where it stood, in bytes from the start of the text.
    @discardableResult
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        let kind = try kind()
        let start = parser.position
        switch kind {
        case .string: try skipString()
        case .number: _ = try parser.parseNumber()
        case .null: _ = try parser.parseWord("null", .null)
        case .bool:
            let isTrue = try parser.peek() == UInt8(ascii: "t")
            _ = try parser.parseWord(isTrue ? "true" : "false", .bool(isTrue))
        case .array:
            try enterArray()
            while try nextElement() {
                try skipValue()
            }
        case .object:
            try enterObject()
            while try nextKey() != nil {
                try skipValue()
            }
        }
        return start..<parser.position
    }

    /// Checks that nothing but white space follows.
    package mutating func finish() throws(JSONError) {
        parser.skipWhiteSpace()
        guard parser.position == parser.bytes.count else {
            throw parser.error(.trailingBytes, "nothing may follow the value")
        }
    }

    private mutating func enter(_ opening: UInt8) throws(JSONError) {
        parser.skipWhiteSpace()
        guard try parser.peek() == opening else {
            throw parser.error(.syntax, opening == UInt8(ascii: "{") ? "expected an object" : "expected an array")
        }
        try parser.enter()
        isAtFirst = true
    }

    /// Moves to the next element or member; `false` where the array or object ends, which it then has left.
    private mutating func step(end: UInt8) throws(JSONError) -> Bool {
        parser.skipWhiteSpace()
        let byte = try parser.peek()
        if byte == end {
            parser.leave()
            isAtFirst = false
            return false
        }
        if isAtFirst {
            isAtFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else {
            throw parser.error(.syntax, "expected a comma or the end")
        }
        parser.position += 1
        parser.skipWhiteSpace()
        return true
    }

    private mutating func skipString() throws(JSONError) {
        parser.position += 1
        while true {
            parser.position += JSONScan.plainRun(in: parser.bytes, from: parser.position)
            switch try parser.peek() {
            case UInt8(ascii: "\""):
                parser.position += 1
                return
            case UInt8(ascii: "\\"):
                parser.position += 1
                _ = try parser.peek()
                parser.position += 1
            default:
                throw parser.error(.syntax, "a control character must be escaped")
            }
        }
    }
}
