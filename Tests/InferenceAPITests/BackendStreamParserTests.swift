import InferenceAPI
import StrictJSON
import Synchronization
import Testing

@Suite struct BackendStreamParserTests {
    /// What a stream means, whatever its chunks were.
    private struct Meaning: Equatable {
        var choices: [FinalChoice] = []
        var usage: [Int]?
        var isDone = false
        var fault: BackendFault?
        var deltas = 0
    }

    @Test func `there are streams of every server`() {
        for server in ["llama-server", "vllm", "sglang", "ollama", "lm-studio", "tgi"] {
            #expect(Fixtures.streams.contains { $0.hasPrefix(server) }, "\(server)")
        }
    }

    @Test(arguments: Fixtures.streams)
    func `a server's stream means what its documentation says`(name: String) throws {
        let meaning = try meaning(of: events(of: [Fixtures.bytes("Streams/\(name).sse")]))
        let expected = try Fixtures.json("Streams/\(name).json")
        #expect(meaning.deltas == expected["deltas"]?.intValue)
        #expect(meaning.isDone == expected["done"]?.boolValue)
        #expect(meaning.usage == expected["usage"]?.arrayValue?.compactMap(\.intValue))
        #expect(meaning.fault?.kind == expected["error"]?["kind"]?.stringValue)
        #expect(meaning.fault?.status == expected["error"]?["status"]?.intValue)
        #expect(meaning.choices.map(described) == expected["choices"]?.arrayValue)
    }

    @Test(arguments: Fixtures.streams)
    func `a stream means the same however its bytes are cut`(name: String) throws {
        let bytes = try Fixtures.bytes("Streams/\(name).sse")
        let whole = try events(of: [bytes])
        #expect(try events(of: bytes.map { [$0] }) == whole)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 0...min(rest.count, 300), using: &generator)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(try events(of: pieces) == whole)
        }
    }

    @Test(arguments: Fixtures.streams)
    func `a stream means the same with each kind of line end`(name: String) throws {
        let bytes = try Fixtures.bytes("Streams/\(name).sse")
        let whole = try events(of: [bytes])
        for lineEnd in [[0x0D], [0x0D, 0x0A]] as [[UInt8]] {
            let other = Array(bytes.map { $0 == 0x0A ? lineEnd : [$0] }.joined())
            #expect(try events(of: [other]) == whole)
            #expect(try events(of: other.map { [$0] }) == whole)
        }
    }

    @Test func `a chunk with a role alone is no event`() throws {
        #expect(try events(#"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#).isEmpty)
    }

    @Test func `the last event counts without its line end`() throws {
        #expect(
            try events(#"data: {"choices":[{"delta":{"content":"x"}}]}"#) == [.delta(.init(index: 0, content: "x"))]
        )
        #expect(try events("data: [DONE]") == [.done])
    }

    @Test func `a stream that ends inside an event is told from one that ends`() {
        #expect(throws: BackendStreamError.self) { try events(#"data: {"choices":[{"delta":{"cont"#) }
        #expect(code(of: #"data: {"choices":[{"delta":{"cont"#) == .endedInsideEvent)
    }

    @Test(arguments: [
        "data: ping\n\n", "data: 5\n\n", "data: {\"choices\":{}}\n\n", "data: {\"choices\":[5]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":5}}]}\n\n", "data: {\"choices\":[{\"delta\":[]}]}\n\n",
        "data: {\"choices\":[]} {}\n\n", "data: {\"choices\":[{\"delta\":{\"content\":\"\\x\"}}]}\n\n",
        "data: {\"choices\":[{\"index\":\"0\"}]}\n\n", "data: {\"a\" 1}\n\n", "data: {\"a\":1,}\n\n", "data: {,}\n\n",
    ])
    func `what is no chunk ends the stream`(text: String) {
        #expect(code(of: text) == .malformedChunk)
    }

    @Test(arguments: ["-1", "1.5", "64", "9223372036854775807"])
    func `a choice that nobody asked for is left to whoever knows how many there are`(index: String) throws {
        let read = try events(#"data: {"choices":[{"index":\#(index),"delta":{},"finish_reason":"stop"}]}"# + "\n\n")
        #expect(read == [.delta(.init(index: Int(index) ?? -1, finishReason: .stop))])
    }

    @Test func `events before a fault are kept`() {
        var parser = BackendStreamParser()
        var events: [BackendStreamEvent] = []
        #expect(throws: BackendStreamError.self) {
            try parser.feed(
                Array("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: no\n\n".utf8),
                into: &events
            )
        }
        #expect(events == [.delta(.init(index: 0, content: "x"))])
    }

    @Test func `an error never quotes the stream`() {
        do {
            _ = try events("data: {\"choices\":[{\"delta\":{\"content\":\"sesame\" x}}]}\n\n")
            Issue.record("it was taken")
        } catch {
            #expect(!"\(error)".contains("sesame"))
        }
    }

    @Test func `an event has a bound, on one line and on many`() {
        let half = String(repeating: "x", count: BackendStreamParser.maximumEventBytes / 2)
        #expect(code(of: "data: \(half)\(half)") == .tooLong)
        #expect(code(of: "data: \(half)\ndata: \(half)\n\n") == .tooLong)
        #expect(code(of: ": \(half)\(half)") == .tooLong)
    }

    @Test func `logprobs keep their text`() throws {
        let text = #"{ "content" : [ {"token":"\u0041","logprob":-0.10} ] }"#
        #expect(
            try events("data: {\"choices\":[{\"logprobs\":\(text),\"delta\":{}}]}\n\n")
                == [.delta(.init(index: 0, logprobs: Array(text.utf8)))]
        )
    }

    @Test func `parsed arguments become their text`() throws {
        let call = #"{"id":"c","function":{"name":"f","arguments":{"a":[1,"}"]}}}"#
        #expect(
            try events("data: {\"choices\":[{\"delta\":{\"tool_calls\":[\(call)]}}]}\n\n")
                == [
                    .delta(
                        .init(index: 0, toolCalls: [.init(index: 0, id: "c", name: "f", arguments: #"{"a":[1,"}"]}"#)])
                    )
                ]
        )
    }

    @Test func `calls that share an index are told apart by id and name`() throws {
        let calls = ["a", "b"].map { #"{"index":0,"id":"\#($0)","function":{"name":"f","arguments":"{}"}}"# }
        let stream = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[\(calls.joined(separator: ","))]}}]}\n\n"
        let expected = [
            ToolCallDelta(index: 0, id: "a", name: "f", arguments: "{}"),
            ToolCallDelta(index: 1, id: "b", name: "f", arguments: "{}"),
        ]
        #expect(try events(stream) == [.delta(.init(index: 0, toolCalls: expected))])
    }

    @Test func `tool calls have a bound`() {
        let call = #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"%","function":{"name":"f"}}]}}]}"#
        let stream = (0...1024).map { "data: " + call.replacing("%", with: "\($0)") + "\n\n" }.joined()
        #expect(code(of: stream) == .tooManyToolCalls)
    }

    @Test func `made ids differ and look like OpenAI's`() {
        let ids = Set((0..<100).map { _ in ToolCallID.random() })
        #expect(ids.count == 100)
        #expect(ids.allSatisfy { $0.hasPrefix("call_") && $0.count == 29 })
    }

    private func code(of text: String) -> BackendStreamError.Code? {
        do {
            _ = try events(text)
            return nil
        } catch {
            return (error as? BackendStreamError)?.code
        }
    }

    private func events(_ text: String) throws -> [BackendStreamEvent] {
        try events(of: [Array(text.utf8)])
    }

    /// The events of a stream cut into these pieces; nameless tool calls become `call_1`, `call_2`, ….
    private func events(of pieces: [[UInt8]]) throws -> [BackendStreamEvent] {
        let counter = Counter()
        var parser = BackendStreamParser { "call_\(counter.next())" }
        var events: [BackendStreamEvent] = []
        for piece in pieces {
            try parser.feed(piece, into: &events)
        }
        try parser.end(into: &events)
        return events
    }

    private func meaning(of events: [BackendStreamEvent]) throws -> Meaning {
        var meaning = Meaning()
        let deltas = events.compactMap { if case .delta(let delta) = $0 { delta } else { nil } }
        var output = OutputAccumulator(choiceCount: (deltas.map(\.index).max() ?? 0) + 1, byteLimit: 1 << 20)
        for event in events {
            switch event {
            case .delta(let delta):
                meaning.deltas += 1
                try output.append(delta)
            case .usage(let prompt, let completion): meaning.usage = [prompt, completion]
            case .error(let fault): meaning.fault = fault
            case .done: meaning.isDone = true
            }
        }
        meaning.choices = output.choices
        return meaning
    }

    private func described(_ choice: FinalChoice) -> JSONValue {
        [
            "content": .string(choice.content),
            "reasoning_content": .string(choice.reasoningContent),
            "refusal": .string(choice.refusal),
            "tool_calls": .array(
                choice.toolCalls.map {
                    ["id": .string($0.id), "name": .string($0.name), "arguments": .string($0.arguments)]
                }
            ),
            "logprobs": (try? JSONValue(parsing: choice.logprobs)) ?? .null,
            "finish_reason": .string(choice.finishReason.rawValue),
        ]
    }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }

    @Test func `an event that is null says nothing`() throws {
        var parser = BackendStreamParser()
        var events: [BackendStreamEvent] = []
        let stream = "data: null\n\ndata: {\"choices\":[{\"text\":\"a\",\"index\":1}]}\n\ndata: [DONE]\n\n"
        try parser.feed(Array(stream.utf8), into: &events)
        #expect(events == [.delta(ChoiceDelta(index: 1, content: "a")), .done])
    }
}
