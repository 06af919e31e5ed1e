import StrictJSON
import Testing

@Suite struct JSONValueEncodingTests {
    private func text(_ value: JSONValue) -> String {
        String(decoding: value.encoded(), as: UTF8.self)
    }

    @Test func `a value is written compactly and in its order`() {
        let value: JSONValue = ["b": [1, true, .null, .number("1.50")], "a": ["": "x"], "c": [:], "d": []]
        #expect(text(value) == #"{"b":[1,true,null,1.50],"a":{"":"x"},"c":{},"d":[]}"#)
    }

    @Test func `random values survive writing and reading`() throws {
        var random = SeededGenerator(state: 2026)
        for _ in 0..<2_000 {
            let value = RandomJSON.value(depth: 4, using: &random)
            #expect(try JSONValue(parsing: value.encoded()) == value)
        }
    }

    @Test func `an object keeps its order through changes`() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object["b"] = 20
        object["d"] = 4
        object["a"] = nil
        object["nothing"] = nil
        #expect(object.members.map(\.key) == ["b", "c", "d"])
        #expect(object["b"] == 20)
        #expect(object["a"] == nil)
        #expect(JSONObject().isEmpty)
    }

    @Test func `objects with the same members in another order differ`() {
        #expect(JSONValue.object(["a": 1, "b": 2]) != JSONValue.object(["b": 2, "a": 1]))
        #expect(JSONValue.integer(1) != JSONValue.number("1.0"))
    }
}
