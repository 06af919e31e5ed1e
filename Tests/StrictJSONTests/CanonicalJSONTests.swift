import StrictJSON
import Testing

@Suite struct CanonicalJSONTests {
    private func canonical(_ text: String) throws(JSONError) -> String {
        String(decoding: try CanonicalJSON.encode(JSONValue(parsing: Array(text.utf8))), as: UTF8.self)
    }

    /// The example of RFC 8785, section 3.2.3; the keys in the order that it demands.
    @Test func `keys are sorted by their UTF-16 code units`() throws {
        let text = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
             "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let sorted =
            #"{"\r":"Carriage Return","1":"One",""# + "\u{80}" + #"":"Control","ö":"Latin Small Letter O With "#
            + #"Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face",""# + "\u{FB33}"
            + #"":"Hebrew Letter Dalet With Dagesh"}"#
        #expect(try canonical(text) == sorted)
    }

    @Test func `the order of keys is that of UTF-16 for every pair`() throws {
        let units = [
            "", "a", "a\u{00}", "z", "\u{7F}", "\u{80}", "ö", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FB33}",
            "\u{FFFF}", "😀", "\u{10000}", "\u{10FFFF}",
        ]
        let keys = units + units.flatMap { first in units.map { first + $0 } }
        for one in keys.shuffledBySeed().prefix(120) {
            for other in keys where !one.utf8.elementsEqual(other.utf8) {
                let object: JSONObject = [other: 1, one: 2]
                let isFirst = one.utf16.lexicographicallyPrecedes(other.utf16)
                let sorted: JSONObject = isFirst ? [one: 2, other: 1] : object
                #expect(try CanonicalJSON.encode(.object(object)) == JSONValue.object(sorted).encoded())
            }
        }
    }

    @Test(arguments: [
        (#" { "b" : 1 , "a" : [ true , false , null ] } "#, #"{"a":[true,false,null],"b":1}"#),
        (#"{"z":{"b":{},"a":[]},"":0}"#, #"{"":0,"z":{"a":[],"b":{}}}"#),
        (#""\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/""#, #""€$\u000f\nA'B\"\\\\\"/""#),
        (#""\u0008\u0009\u000a\u000c\u000d\u001f\u007f""#, "\"\\b\\t\\n\\f\\r\\u001f\u{7F}\""),
        (#""e\u0301""#, "\"e\u{301}\""),
        (#"[9007199254740991,-9007199254740991,0]"#, "[9007199254740991,-9007199254740991,0]"),
    ])
    func `a value has one text`(text: String, expected: String) throws {
        let canonical = try canonical(text)
        #expect(Array(canonical.utf8) == Array(expected.utf8))
        #expect(CanonicalJSON.isCanonical(Array(expected.utf8)))
    }

    @Test(arguments: [
        "1.5", "1.0", "1e2", "-0", "9007199254740992", "-9007199254740992", "[{\"a\":0.1}]", "12345678901234567890",
    ])
    func `numbers without one text everywhere are refused`(text: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8))
        let error = #expect(throws: JSONError.self) { try CanonicalJSON.encode(value) }
        #expect(error?.code == .notCanonical)
        #expect(!CanonicalJSON.isCanonical(Array(text.utf8)))
    }

    @Test(arguments: [
        #"{"a": 1}"#, #"{"b":1,"a":2}"#, #""\u0041""#, #""\/""#, #""\u000A""#, " 1", "1 ", "{", "", #"{"a":1,"a":1}"#,
        #""\u000F""#,
    ])
    func `another text of the same value is not canonical`(text: String) {
        #expect(!CanonicalJSON.isCanonical(Array(text.utf8)))
    }

    @Test func `the canonical text of a random value is its own canonical text`() throws {
        var random = SeededGenerator(state: 8_785)
        var encoded = 0
        for _ in 0..<2_000 {
            guard let text = try? CanonicalJSON.encode(RandomJSON.value(depth: 3, using: &random)) else { continue }
            encoded += 1
            #expect(CanonicalJSON.isCanonical(text))
        }
        #expect(encoded > 200)
    }
}

extension [String] {
    fileprivate func shuffledBySeed() -> [String] {
        var random = SeededGenerator(state: 16)
        return shuffled(using: &random)
    }
}
