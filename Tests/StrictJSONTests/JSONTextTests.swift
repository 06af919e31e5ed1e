import StrictJSON
import Testing

@Suite struct JSONTextTests {
    private func quoted(_ string: String) -> String {
        var out: [UInt8] = []
        JSONText.appendString(string, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test(arguments: [
        ("", #""""#), ("a", #""a""#), ("\"\\/", #""\"\\/""#), ("\u{08}\u{09}\u{0A}\u{0C}\u{0D}", #""\b\t\n\f\r""#),
        ("\u{00}\u{01}\u{0B}\u{0E}\u{1F}", #""\u0000\u0001\u000b\u000e\u001f""#),
        ("\u{7F}\u{2028}é😀", "\"\u{7F}\u{2028}é😀\""),
    ])
    func `what must be escaped is, and nothing else`(string: String, expected: String) {
        #expect(quoted(string) == expected)
    }

    @Test func `an escape is found at every place of a word`() throws {
        for length in 0..<40 {
            for place in 0...length {
                for special: Character in ["\"", "\\", "\n", "\u{00}", "\u{1F}", "é"] {
                    var characters = [Character](repeating: "x", count: length)
                    characters.insert(special, at: place)
                    let string = String(characters)
                    #expect(try JSONValue(parsing: Array(quoted(string).utf8)) == .string(string))
                }
            }
        }
    }

    @Test func `bytes next to the special ones stand for themselves`() {
        for scalar: Unicode.Scalar in [" ", "!", "#", "[", "]", "~", "\u{7F}", "\u{80}", "\u{A2}", "\u{DC}"] {
            let string = String(repeating: Character(scalar), count: 17)
            #expect(quoted(string) == "\"\(string)\"")
        }
    }

    @Test(arguments: [0, 7, -7, 10, 1_000_000, Int.max, Int.min])
    func `integers are written in decimal`(value: Int) {
        var out = Array("before ".utf8)
        JSONText.appendInteger(value, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == "before \(value)")
    }

    @Test func `a piece is appended as it stands`() {
        var out: [UInt8] = []
        JSONText.append(#"{"a":"#, to: &out)
        JSONText.appendInteger(1, to: &out)
        JSONText.append("}", to: &out)
        #expect(String(decoding: out, as: UTF8.self) == #"{"a":1}"#)
    }
}
