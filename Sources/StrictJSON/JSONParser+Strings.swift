extension JSONParser {
    /// Reads a string from its opening quote to past its closing one.
    mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        position += JSONScan.plainRun(in: bytes, from: position)
        if try peek() == UInt8(ascii: "\"") {
            let string = try text(UnsafeBufferPointer(rebasing: bytes[start..<position]), from: start)
            position += 1
            return string
        }
        return try parseEscapedString(from: start)
    }

    /// Goes on with a string at its first escape.
    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[start..<position])
        while true {
            switch try peek() {
            case UInt8(ascii: "\""):
                let string = try unescaped.withUnsafeBufferPointer { buffer throws(JSONError) in
                    try text(buffer, from: start)
                }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try parseEscape(into: &unescaped)
            default:
                throw error(.syntax, "a control character must be escaped")
            }
            let run = JSONScan.plainRun(in: bytes, from: position)
            unescaped.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[position..<position + run]))
            position += run
        }
    }

    /// Reads what follows a backslash.
    private mutating func parseEscape(into out: inout [UInt8]) throws(JSONError) {
        let escape = try peek()
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            out.append(contentsOf: try parseCodePoint().utf8)
            return
        default: throw error(.syntax, "no such escape")
        }
        position += 1
    }

    /// Reads the four digits after `\u`, and the second half of a surrogate pair where one follows.
    private mutating func parseCodePoint() throws(JSONError) -> String {
        let unit = try parseCodeUnit()
        if let scalar = Unicode.Scalar(unit) { return String(scalar) }
        let next = position
        // Only a high surrogate can begin a pair, and only an escape can hold its low one.
        guard unit < 0xDC00, next + 1 < bytes.count, bytes[next] == UInt8(ascii: "\\"),
            bytes[next + 1] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        position += 2
        let low = try parseCodeUnit()
        if (0xDC00...0xDFFF).contains(low) {
            let point = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
            if let scalar = Unicode.Scalar(point) { return String(scalar) }
        }
        // Not a pair: the second escape is read again, on its own.
        position = next
        return "\u{FFFD}"
    }

    private mutating func parseCodeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch try peek() {
            case let byte where (0x30...0x39).contains(byte): digit = byte - 0x30
            case let byte where (0x61...0x66).contains(byte): digit = byte - 0x57
            case let byte where (0x41...0x46).contains(byte): digit = byte - 0x37
            default: throw error(.syntax, "expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// The bytes as a string, if they are UTF-8.
    private func text(_ utf8: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSONError) -> String {
        guard let string = String(validating: utf8, as: UTF8.self) else {
            throw JSONError(code: .invalidUTF8, offset: start, message: "a string is not UTF-8")
        }
        return string
    }
}
