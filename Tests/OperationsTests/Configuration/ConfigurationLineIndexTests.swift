import Testing

@testable import Operations

struct ConfigurationLineIndexTests {
    /// Everything in TOML that can make a line counter stumble.
    private let index = ConfigurationLineIndex(
        text: """
            # [not.a.table]
            title = "a # b"   # [nor.this]
            a.b . "c d" = 1
            text = \"\"\"
            [[inside]]
            x = 1
            \"\"\"
            literal = '''
            it's [quiet]
            ''''
            after = 2

            [table]   # header
            list = [
              1,   # one
              "]",
              [ 2,
                3 ],
            ]
            inline = { x = 1, y = { z = 2 } }
            "quoted key" = true

            [[model]]
            id = "one"

            [model.limits]
            slots = 1

            [[model]]
            id = "two"
            when = 2026-06-15T14:22:00Z

            [[model.part]]
            n = 1
            [[model.part]]
            n = 2
            """
    )

    private func line(_ components: ConfigurationPath.Component...) -> Int {
        self.index.line(of: ConfigurationPath(components: components))
    }

    @Test func `keys after comments, dotted keys and multi-line strings have their own lines`() {
        #expect(self.line(.key("title")) == 2)
        #expect(self.line(.key("a"), .key("b"), .key("c d")) == 3)
        #expect(self.line(.key("text")) == 4)
        #expect(self.line(.key("literal")) == 8)
        #expect(self.line(.key("after")) == 11)
    }

    @Test func `array elements and inline tables have their own lines`() {
        #expect(self.line(.key("table")) == 13)
        #expect(self.line(.key("table"), .key("list"), .index(0)) == 15)
        #expect(self.line(.key("table"), .key("list"), .index(1)) == 16)
        #expect(self.line(.key("table"), .key("list"), .index(2), .index(1)) == 18)
        #expect(self.line(.key("table"), .key("inline"), .key("y"), .key("z")) == 20)
        #expect(self.line(.key("table"), .key("quoted key")) == 21)
    }

    @Test func `each element of an array of tables has its own lines`() {
        #expect(self.line(.key("model"), .index(0), .key("id")) == 24)
        #expect(self.line(.key("model"), .index(0), .key("limits"), .key("slots")) == 27)
        #expect(self.line(.key("model"), .index(1)) == 29)
        #expect(self.line(.key("model"), .index(1), .key("when")) == 31)
        #expect(self.line(.key("model"), .index(1), .key("part"), .index(1), .key("n")) == 36)
    }

    @Test func `what has no line of its own has that of the thing around it`() {
        #expect(self.line(.key("table"), .key("absent")) == 13)
        #expect(self.line(.key("absent")) == 1)
    }

    @Test func `text that is no TOML ends the reading, whatever it is`() {
        for text in ["[", "]", "= =", "\"", "a = \"\"\"", "a = [[[[", "{}}}", "[[a]", "a.", "'''x''", "\\", "a = {b"] {
            _ = ConfigurationLineIndex(text: text)
        }
    }
}
