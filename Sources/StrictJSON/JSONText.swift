/// Writing JSON piece by piece, for texts whose shape is known.
///
/// This is the path of every token: strings are taken as contiguous UTF-8 and copied run by run.
package enum JSONText {
    /// Appends a string with its quotes.
    ///
    /// Escaped is what must be: the quote, the backslash and the control characters below U+0020, in their short
    /// forms where there is one, else as `\u00xx` in lower case. That is also the canonical form (RFC 8785,
    /// section 3.2.2.2).
    package static func appendString(_ string: String, to out: inout [UInt8]) {
        let done: Void? = string.utf8.withContiguousStorageIfAvailable { appendString(utf8: $0, to: &out) }
        if done == nil {
            // A string bridged from elsewhere; none of ours is.
            Array(string.utf8).withUnsafeBufferPointer { appendString(utf8: $0, to: &out) }
        }
    }

    /// Appends a string with its quotes; `bytes` must be UTF-8.
    package static func appendString(utf8 bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        out.append(0x22)
        var index = 0
        while index < bytes.count {
            let run = JSONScan.plainRun(in: bytes, from: index)
            if run > 0 {
                out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<index + run]))
                index += run
            }
            if index < bytes.count {
                appendEscape(of: bytes[index], to: &out)
                index += 1
            }
        }
        out.append(0x22)
    }

    /// Appends an integer in decimal.
    package static func appendInteger(_ value: Int, to out: inout [UInt8]) {
        if value < 0 { out.append(0x2D) }
        var rest = value.magnitude
        let start = out.count
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            out.append(0x30 + UInt8(digit))
            rest = quotient
        } while rest > 0
        out[start...].reverse()
    }

    /// Appends a piece of JSON as it stands.
    package static func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }

    private static func appendEscape(of byte: UInt8, to out: inout [UInt8]) {
        out.append(0x5C)
        switch byte {
        case 0x22, 0x5C: out.append(byte)
        case 0x08: out.append(UInt8(ascii: "b"))
        case 0x09: out.append(UInt8(ascii: "t"))
        case 0x0A: out.append(UInt8(ascii: "n"))
        case 0x0C: out.append(UInt8(ascii: "f"))
        case 0x0D: out.append(UInt8(ascii: "r"))
        default:
            append("u00", to: &out)
            out.append(0x30 + byte >> 4)
            let low = byte & 0x0F
            out.append(low < 10 ? 0x30 + low : 0x57 + low)
        }
    }
}
