import Testing

@testable import Backends

@Suite struct LlamaServerLogTests {
    private var log = LlamaServerLog()

    @Test mutating func `before the first request lines pass, without control characters`() {
        #expect(take("llama_model_loader: loaded meta data") == .text("llama_model_loader: loaded meta data"))
        #expect(take("\u{1b}[31merror\u{7}") == .text("[31merror"))
        #expect(take("   ") == nil)
        #expect(take(String(repeating: "a", count: 5000)) == .text(String(repeating: "a", count: 300)))
    }

    @Test(arguments: [
        "my secret prompt",
        "srv  log_server_r: request: my secret prompt",
        "main: model loaded",
        "parse: error parsing grammar: my secret prompt",
        "ERROR my secret prompt out of memory my secret prompt",
        "GGML_ASSERT(my secret prompt)",
    ])
    func `after the first request no text of a line passes, whatever it begins with`(line: String) {
        var log = LlamaServerLog()
        log.requestWillBeSent()
        if case .text = log.take(line.utf8) { Issue.record("the text of a line passed") }
        if case .remark(let remark) = log.take(line.utf8) { #expect(!remark.contains("secret")) }
        #expect(log.lastWords?.contains("secret") != true)
    }

    @Test mutating func `after the first request a known complaint is told in our words`() {
        log.requestWillBeSent()
        #expect(take("cudaMalloc failed: out of memory") == .remark("llama-server is out of memory"))
        #expect(log.lastWords == "llama-server is out of memory")
        #expect(take("slot update_slots: id 0 | task 1") == nil)
        #expect(log.droppedLines == 1)
    }

    @Test mutating func `the last complaint explains the end of a start`() {
        _ = take("build: 1 (abc)")
        #expect(log.lastWords == "build: 1 (abc)")
        _ = take("error: invalid argument: --nonsense")
        _ = take("usage: see --help")
        #expect(log.lastWords == "error: invalid argument: --nonsense")
        log.requestWillBeSent()
        #expect(log.lastWords == nil)
    }

    @Test mutating func `a server that talks without end is cut off`() {
        let passed = (0..<3000).count { take("line \($0)") != nil }
        #expect(passed == 2000)
        #expect(log.droppedLines == 1000)
    }

    @Test func `lines are found however the output is cut`() {
        let bytes = Array("one\ntwo\r\n\nthree".utf8)
        for size in 1...bytes.count {
            var lines = OutputLines()
            var found: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { piece in
                    lines.feed(piece) { found.append(String(decoding: $0, as: UTF8.self)) }
                }
            }
            lines.end { found.append(String(decoding: $0, as: UTF8.self)) }
            #expect(found == ["one", "two\r", "", "three"])
        }
    }

    @Test func `a line without end is bounded`() {
        var lines = OutputLines()
        var lengths: [Int] = []
        let endless = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
        endless.withUnsafeBytes { lines.feed($0) { lengths.append($0.count) } }
        lines.end { lengths.append($0.count) }
        #expect(lengths == [OutputLines.longestLine])
    }

    private mutating func take(_ line: String) -> LlamaServerLog.Entry? {
        log.take(line.utf8)
    }
}
