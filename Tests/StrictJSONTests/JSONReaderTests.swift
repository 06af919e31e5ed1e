import StrictJSON
import Testing

@Suite struct JSONReaderTests {
    private func read<Result>(_ text: String, _ body: (inout JSONReader) throws -> Result) throws -> Result {
        try Array(text.utf8).withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            return try body(&reader)
        }
    }

    @Test func `members are read where they stand and others passed over`() throws {
        let text =
            #" { "skip" : [ 1 , { "a" : "}]\"" } , [] , {} ] , "wanted" : "x\u00e9" , "n" : -7 , "f" : 1.5 , "z" : null } "#
        try read(text) { reader in
            var seen: [String] = []
            try reader.enterObject()
            while let key = try reader.nextKey() {
                let name = String(decoding: key, as: UTF8.self)
                seen.append(name)
                switch name {
                case "wanted": #expect(try reader.readString() == "xé")
                case "n": #expect(try reader.readInteger() == -7)
                case "f": #expect(try reader.readInteger() == nil)
                case "z":
                    #expect(try reader.kind() == .null)
                    try reader.skipValue()
                default: try reader.skipValue()
                }
            }
            try reader.finish()
            #expect(seen == ["skip", "wanted", "n", "f", "z"])
        }
    }

    @Test func `a value that is passed over says where it stood`() throws {
        let text = #"[ {"a": [true, false]} ,"x"]"#
        let slices = try read(text) { reader in
            var slices: [String] = []
            try reader.enterArray()
            while try reader.nextElement() {
                let range = try reader.skipValue()
                slices.append(String(decoding: Array(text.utf8)[range], as: UTF8.self))
            }
            try reader.finish()
            return slices
        }
        #expect(slices == [#"{"a": [true, false]}"#, #""x""#])
    }

    @Test(arguments: [
        "", "{", "[", "{]", "[}", "[1 2]", "[,]", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "\"a", "\"\\",
        "tru", "nul", "01", "-", "1 2", "{\"a\":1 \"b\":2}", "\"\u{1}\"",
    ])
    func `what breaks the grammar is refused`(text: String) {
        #expect(throws: JSONError.self) {
            try read(text) { reader in
                try reader.skipValue()
                try reader.finish()
            }
        }
    }

    @Test func `nesting has a bound`() {
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(throws: JSONError.self) { try read(deep) { try $0.skipValue() } }
        #expect(throws: Never.self) { try read(String(deep.dropFirst().dropLast())) { try $0.skipValue() } }
    }

    @Test func `another kind than the one asked for is refused`() {
        #expect(throws: JSONError.self) { try read("1") { try $0.readString() } }
        #expect(throws: JSONError.self) { try read("\"1\"") { try $0.readInteger() } }
        #expect(throws: JSONError.self) { try read("[]") { try $0.enterObject() } }
        #expect(throws: JSONError.self) { try read("{}") { try $0.enterArray() } }
    }
}
