/// Text from outside, made harmless for a terminal and for a line-based log.
package enum SafeText {
    /// Replaces what could end the line, drive a terminal or reorder what is shown.
    ///
    /// Escaped as `\n`, `\t`, `\r` or `\u{…}`: the C0 and C1 controls, DEL, the line and paragraph separators and the
    /// bidirectional controls ("Trojan Source", CVE-2021-42574). Everything else stays.
    package static func line(_ text: some StringProtocol) -> String {
        guard text.unicodeScalars.contains(where: self.isUnsafe) else { return String(text) }
        var result = ""
        for scalar in text.unicodeScalars {
            self.append(scalar, to: &result)
        }
        return result
    }

    /// Puts a value between double quotes if it could be read as more than one, or as none.
    ///
    /// Quoted: the empty text and text with a space, a quote, `=`, a backslash or something that ``line(_:)`` escapes.
    package static func value(_ text: some StringProtocol) -> String {
        let needsQuotes =
            text.isEmpty
            || text.unicodeScalars.contains { self.isUnsafe($0) || $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" }
        guard needsQuotes else { return String(text) }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result.unicodeScalars.append("\\")
                result.unicodeScalars.append(scalar)
            default:
                self.append(scalar, to: &result)
            }
        }
        return result + "\""
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default:
            if self.isUnsafe(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
