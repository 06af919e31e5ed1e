/// The reader behind ``JSONValue/init(parsing:limits:)`` and ``JSONReader``: recursive descent over contiguous bytes.
struct JSONParser {
    /// Up to how many members duplicates are found by comparing each with each.
    private static let fewMembers = 16

    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var position = 0
    private var depth = 0
    private var values = 0

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) -> Result<JSONValue, JSONError> {
        Result { () throws(JSONError) -> JSONValue in
            var parser = JSONParser(bytes: bytes, limits: limits)
            return try parser.parseText()
        }
    }

    private mutating func parseText() throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.maximumBytes else {
            throw error(.tooLarge, "the text has more than \(limits.maximumBytes) bytes")
        }
        skipWhiteSpace()
        let value = try parseValue()
        skipWhiteSpace()
        guard position == bytes.count else {
            throw error(.trailingBytes, "nothing may follow the value")
        }
        return value
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        values += 1
        guard values <= limits.maximumValues else {
            throw error(.tooLarge, "the text has more than \(limits.maximumValues) values")
        }
        switch try peek() {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try parseObject())
        case UInt8(ascii: "["): return .array(try parseArray())
        case UInt8(ascii: "-"), 0x30...0x39: return try parseNumber()
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: throw error(.syntax, "expected a value")
        }
    }

    private mutating func parseArray() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if try peek() == UInt8(ascii: "]") {
            leave()
            return elements
        }
        while true {
            elements.append(try parseValue())
            skipWhiteSpace()
            switch try peek() {
            case UInt8(ascii: ","):
                position += 1
                skipWhiteSpace()
            case UInt8(ascii: "]"):
                leave()
                return elements
            default:
                throw error(.syntax, "expected a comma or the end of the array")
            }
        }
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        try enter()
        var members: [JSONObject.Member] = []
        members.reserveCapacity(4)
        var manyKeys: Set<[UInt8]> = []
        if try peek() == UInt8(ascii: "}") {
            leave()
            return JSONObject(distinct: members)
        }
        while true {
            guard try peek() == UInt8(ascii: "\"") else { throw error(.syntax, "expected a key in quotes") }
            let start = position
            let key = try parseString()
            guard Self.isNew(key, among: members, manyKeys: &manyKeys) else {
                throw JSONError(code: .duplicateKey, offset: start, message: "the object has this key already")
            }
            skipWhiteSpace()
            guard try peek() == UInt8(ascii: ":") else { throw error(.syntax, "expected a colon after the key") }
            position += 1
            skipWhiteSpace()
            members.append((key, try parseValue()))
            skipWhiteSpace()
            switch try peek() {
            case UInt8(ascii: ","):
                position += 1
                skipWhiteSpace()
            case UInt8(ascii: "}"):
                leave()
                return JSONObject(distinct: members)
            default:
                throw error(.syntax, "expected a comma or the end of the object")
            }
        }
    }

    /// Whether no member has this key; past a few members a set answers, or a hostile text would cost the square
    /// of its length.
    private static func isNew(
        _ key: String,
        among members: [JSONObject.Member],
        manyKeys: inout Set<[UInt8]>
    ) -> Bool {
        if members.count < fewMembers {
            return !members.contains { $0.key.hasSameBytes(as: key) }
        }
        if members.count == fewMembers {
            manyKeys = Set(members.map { Array($0.key.utf8) })
        }
        return manyKeys.insert(Array(key.utf8)).inserted
    }

    mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw endError() }
            guard bytes[position] == word.utf8Start[index] else { throw error(.syntax, "expected a value") }
            position += 1
        }
        return value
    }

    mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        var isInteger = true
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let startsWithZero = try peek() == UInt8(ascii: "0")
        let digits = try skipDigits()
        guard !startsWithZero || digits == 1 else {
            throw JSONError(code: .syntax, offset: start, message: "a number has no leading zeros")
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            _ = try skipDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            _ = try skipDigits()
        }
        // Negative zero is a number of its own; as an integer it would be written back as `0`.
        if isInteger, !(isNegative && startsWithZero), let value = integer(from: start, isNegative: isNegative) {
            return .integer(value)
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    /// The digits from `start` to the position as an integer; `nil` where it does not fit.
    private func integer(from start: Int, isNegative: Bool) -> Int? {
        var value = 0
        for index in (isNegative ? start + 1 : start)..<position {
            let digit = Int(bytes[index] - 0x30)
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    private mutating func skipDigits() throws(JSONError) -> Int {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            position += 1
        }
        if position == start {
            _ = try peek()
            throw error(.syntax, "expected a digit")
        }
        return position - start
    }

    mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= limits.maximumDepth else {
            throw error(.tooDeep, "nested deeper than \(limits.maximumDepth)")
        }
        position += 1
        skipWhiteSpace()
    }

    mutating func leave() {
        depth -= 1
        position += 1
    }

    mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw endError() }
        return bytes[position]
    }

    func error(_ code: JSONError.Code, _ message: String) -> JSONError {
        JSONError(code: code, offset: position, message: message)
    }

    func endError() -> JSONError {
        error(.unexpectedEnd, "the text ends inside a value")
    }
}
