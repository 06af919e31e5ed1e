import StrictJSON
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), limits: limits)
    }

    private func code(of text: String, limits: JSONLimits = .standard) -> JSONError.Code? {
        code(of: Array(text.utf8), limits: limits)
    }

    private func code(of bytes: [UInt8], limits: JSONLimits = .standard) -> JSONError.Code? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `every kind of value is read`() throws {
        let value = try parse(#" {"a":[1,-2,true,false,null,"x",1.50,[],{}] , "b" : { "c" : 0 } } "#)
        let expected: JSONValue = [
            "a": [1, -2, true, false, .null, "x", .number("1.50"), [], [:]],
            "b": ["c": 0],
        ]
        #expect(value == expected)
        #expect(value["b"]?["c"]?.intValue == 0)
        #expect(value["a"]?.arrayValue?.count == 9)
        #expect(value["missing"] == nil)
    }

    @Test(arguments: [
        ("0", 0), ("-1", -1), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ])
    func `integers that fit are integers`(text: String, expected: Int) throws {
        #expect(try parse(text) == .integer(expected))
    }

    @Test(arguments: ["-0", "1.0", "1e3", "1E+3", "0.1e-7", "9223372036854775808", "-9223372036854775809", "1e999"])
    func `every other number keeps its text`(text: String) throws {
        let value = try parse(text)
        #expect(value == .number(text))
        #expect(value.intValue == nil)
        #expect(String(decoding: value.encoded(), as: UTF8.self) == text)
    }

    @Test func `a number as a double is finite or nothing`() throws {
        #expect(try parse("0.25").doubleValue == 0.25)
        #expect(try parse("7").doubleValue == 7)
        #expect(try parse("1e999").doubleValue == nil)
        #expect(try parse("\"7\"").doubleValue == nil)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{08}\u{0C}\n\r\t"),
        (#""\u0000\u00e9\u00E9\u20AC""#, "\u{00}éé€"),
        (#""\ud83d\ude00""#, "😀"),
        (#""\ud83d""#, "\u{FFFD}"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83d\n""#, "\u{FFFD}\n"),
        (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ("\"caf\u{E9} 😀 plain text past eight bytes\"", "caf\u{E9} 😀 plain text past eight bytes"),
    ])
    func `strings and their escapes are read`(text: String, expected: String) throws {
        #expect(try parse(text) == .string(expected))
    }

    @Test(arguments: [
        "tru", "nul", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "\"", "\"abc", "\"\\",
        "\"\\u12",
        "-", "1.", "1e", "1e+", "", " ",
    ])
    func `a text that ends too soon is refused`(text: String) {
        #expect(code(of: text) == .unexpectedEnd)
    }

    @Test(arguments: [
        "[1,]", "{\"a\":1,}", "[,1]", "{,}", "{1:2}", "{\"a\" 1}", "{\"a\":}", "[1 2]", "01", "-01", "00", ".5", "1.e3",
        "1ex", "+1",
        "- 1", "--1", "NaN", "Infinity", "-Infinity", "True", "nulL", "truE", "'a'", "{a:1}", "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\U0041\"", "\"a\nb\"", "\"a\tb\"", "\"\u{00}\"", "\"long enough for a word \u{1F}\"", "\u{FEFF}1", "/**/1",
        "//\n1",
        "]", "}", ",", ":", "[}", "{]", "\u{A0}1", "\u{0B}1", "\u{0C}1",
    ])
    func `a text that breaks the grammar is refused`(text: String) {
        #expect(code(of: text) == .syntax)
    }

    @Test(arguments: ["1 2", "{} x", "[]]", "\"a\"\"b\"", "null,", "1\u{00}", "truex", "0 0", "0x10", "1a", "12-"])
    func `nothing may follow the value`(text: String) {
        #expect(code(of: text) == .trailingBytes)
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"":1,"":2}"#, #"[{"x":{"k":1,"k":1}}]"#,
    ])
    func `a key that comes twice is refused`(text: String) {
        #expect(code(of: text) == .duplicateKey)
    }

    @Test func `a duplicate among many keys is found`() {
        let members = (0..<100).map { "\"key \($0)\":\($0)" }
        #expect(code(of: "{\(members.joined(separator: ","))}") == nil)
        for repeated in [0, 15, 16, 17, 99] {
            #expect(code(of: "{\(members.joined(separator: ",")),\"key \(repeated)\":0}") == .duplicateKey)
        }
    }

    @Test func `keys that only look alike are different`() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2,\"K\":3,\"\u{212A}\":4}")
        #expect(value.objectValue?.count == 4)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(value["K"] == 3)
        #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
    }

    @Test(
        arguments: [
            [0x80], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFF], [0xFE],
        ] as [[UInt8]]
    )
    func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
        #expect(code(of: [0x22] + bytes + [0x22]) == .invalidUTF8)
        #expect(code(of: Array(#"{"a\n"#.utf8) + bytes + Array(#"":1}"#.utf8)) == .invalidUTF8)
    }

    @Test func `nesting is bounded`() {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(code(of: deepest) == nil)
        #expect(code(of: "[\(deepest)]") == .tooDeep)
        #expect(code(of: String(repeating: "{\"a\":", count: 100_000)) == .tooDeep)
        #expect(code(of: "[[1]]", limits: JSONLimits(maximumDepth: 1)) == .tooDeep)
        #expect(code(of: "[1,[],[]]", limits: JSONLimits(maximumDepth: 2)) == nil)
    }

    @Test func `length and number of values are bounded`() {
        #expect(code(of: "12345", limits: JSONLimits(maximumBytes: 5)) == nil)
        #expect(code(of: "123456", limits: JSONLimits(maximumBytes: 5)) == .tooLarge)
        #expect(code(of: "[1,2]", limits: JSONLimits(maximumValues: 3)) == nil)
        #expect(code(of: "[1,2,3]", limits: JSONLimits(maximumValues: 3)) == .tooLarge)
    }

    @Test func `an error names the byte and never the text`() {
        let syntax = #expect(throws: JSONError.self) { try parse(#"{"a":1  "secret":2}"#) }
        #expect(syntax?.code == .syntax)
        #expect(syntax.map { "\($0)" } == "expected a comma or the end of the object (at byte 8)")
        let error = #expect(throws: JSONError.self) { try parse(#"{"secret":1,"secret":2}"#) }
        #expect(error?.offset == 12)
        #expect(error.map { "\($0)".contains("secret") } == false)
    }

    @Test func `every sequence of bytes is taken`() throws {
        let text = Array(#"  {"a":[1,2]}"#.utf8)
        let expected: JSONValue = ["a": [1, 2]]
        #expect(try JSONValue(parsing: text) == expected)
        #expect(try JSONValue(parsing: text[2...]) == expected)
        #expect(try JSONValue(parsing: AnySequence(text)) == expected)
        #expect(try text.withUnsafeBytes { try JSONValue(parsing: $0) } == expected)
        #expect(throws: JSONError.self) { try JSONValue(parsing: EmptyCollection<UInt8>()) }
    }

    @Test func `no prefix of a text is a text, and none crashes`() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00é😀"],"b":{"c":"\n"}}"#.utf8)
        for length in 0..<text.count {
            #expect(code(of: Array(text[..<length])) != nil)
        }
        #expect(code(of: text) == nil)
    }

    @Test func `a text with one byte changed is read or refused, and never crashes`() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00é😀"],"b":{"c":"\n"}}"#.utf8)
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                // What is read can be written and read again.
                if let value = try? JSONValue(parsing: changed) {
                    #expect(try JSONValue(parsing: value.encoded()) == value)
                }
            }
        }
    }
}
