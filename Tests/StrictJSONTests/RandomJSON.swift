import StrictJSON

/// Random values of every kind, with the strings that break writers.
enum RandomJSON {
    private static let fragments = [
        "", "a", "plain text of more than eight bytes", "\"", "\\", "/", "\n", "\r\n", "\t", "\u{08}", "\u{0C}",
        "\u{00}",
        "\u{1F}", "\u{7F}", "é", "e\u{301}", "\u{2028}", "\u{FFFD}", "\u{E000}", "😀", "👩‍👩‍👧", "\u{10FFFF}",
    ]

    static func value(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int.random(in: Int.min...Int.max, using: &random))
        case 3:
            return .number(
                ["-0", "1.5", "-2e10", "1E-7", "123456789012345678901"].randomElement(using: &random) ?? "1.0"
            )
        case 4, 5: return .string(string(using: &random))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in value(depth: depth - 1, using: &random) }
            )
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                object[string(using: &random)] = value(depth: depth - 1, using: &random)
            }
            return .object(object)
        }
    }

    static func string(using random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0..<6, using: &random)).map { _ in fragments.randomElement(using: &random) ?? "" }.joined()
    }
}
