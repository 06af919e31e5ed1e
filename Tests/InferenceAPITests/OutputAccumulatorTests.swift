import InferenceAPI
import Testing

@Suite struct OutputAccumulatorTests {
    private func code(_ deltas: [ChoiceDelta], choiceCount: Int = 1, byteLimit: Int = 100) -> OutputError.Code? {
        var output = OutputAccumulator(choiceCount: choiceCount, byteLimit: byteLimit, logprobsByteLimit: 64)
        do throws(OutputError) {
            for delta in deltas {
                try output.append(delta)
            }
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `deltas are joined by choice`() throws {
        var output = OutputAccumulator(choiceCount: 2, byteLimit: 100)
        for delta in [
            ChoiceDelta(index: 1, content: "b"), ChoiceDelta(index: 0, reasoningContent: "r"),
            ChoiceDelta(index: 0, content: "a", reasoningContent: "s"), ChoiceDelta(index: 1, content: "é"),
            ChoiceDelta(index: 0, content: "!", finishReason: .stop), ChoiceDelta(index: 1, refusal: "no"),
        ] {
            try output.append(delta)
        }
        #expect(!output.isComplete)
        try output.append(ChoiceDelta(index: 1, finishReason: .length))
        #expect(output.isComplete)
        #expect(output.byteCount == 9)
        #expect(
            output.choices == [
                FinalChoice(index: 0, content: "a!", reasoningContent: "rs", finishReason: .stop),
                FinalChoice(index: 1, content: "bé", refusal: "no", finishReason: .length),
            ]
        )
    }

    @Test func `tool calls are ordered by their stream index`() throws {
        var output = OutputAccumulator(choiceCount: 1, byteLimit: 1000)
        try output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 2, id: "c", name: "h", arguments: "{")]))
        try output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "a")]))
        try output.append(
            ChoiceDelta(index: 0, toolCalls: [.init(index: 2, arguments: "}"), .init(index: 0, name: "f")])
        )
        try output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 0, arguments: "1")], finishReason: .toolCalls))
        #expect(
            output.choices[0].toolCalls == [
                FinalToolCall(id: "a", name: "f", arguments: "1"),
                FinalToolCall(id: "c", name: "h", arguments: "{}"),
            ]
        )
    }

    @Test func `logprobs are joined as their arrays`() throws {
        var output = OutputAccumulator(choiceCount: 1, byteLimit: 100)
        try output.append(ChoiceDelta(index: 0, logprobs: Array(#"{"content":[{"token":"a","logprob":-0.10}]}"#.utf8)))
        try output.append(ChoiceDelta(index: 0, logprobs: Array(#"{"content":null,"refusal":[1]}"#.utf8)))
        try output.append(ChoiceDelta(index: 0, logprobs: Array(#"{"content":[ 2 , 3 ]}"#.utf8)))
        #expect(
            String(decoding: output.choices[0].logprobs, as: UTF8.self)
                == #"{"content":[{"token":"a","logprob":-0.10},2,3],"refusal":[1]}"#
        )
    }

    @Test func `a completion's logprobs are four arrays`() throws {
        var output = OutputAccumulator(form: .text, choiceCount: 1, byteLimit: 100)
        for token in ["a", "b"] {
            let logprobs = #"{"tokens":["\#(token)"],"token_logprobs":[-1],"top_logprobs":null,"text_offset":[0]}"#
            try output.append(ChoiceDelta(index: 0, content: token, logprobs: Array(logprobs.utf8)))
        }
        #expect(
            String(decoding: output.choices[0].logprobs, as: UTF8.self)
                == #"{"tokens":["a","b"],"token_logprobs":[-1,-1],"top_logprobs":null,"text_offset":[0,0]}"#
        )
    }

    @Test func `a completion has no place for what only a chat has`() {
        let deltas = [
            ChoiceDelta(index: 0, reasoningContent: "hm"), ChoiceDelta(index: 0, refusal: "no"),
            ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "call_1")]),
        ]
        for delta in deltas {
            var output = OutputAccumulator(form: .text, choiceCount: 1, byteLimit: 100)
            let error = #expect(throws: OutputError.self) { try output.append(delta) }
            #expect(error?.code == .wrongForm)
        }
    }

    @Test func `logprobs that nobody keeps must still be what they are`() throws {
        var output = OutputAccumulator(choiceCount: 1, byteLimit: 100, logprobsByteLimit: nil)
        try output.append(ChoiceDelta(index: 0, logprobs: Array(#"{"content":[1]}"#.utf8)))
        #expect(output.choices[0].logprobs.isEmpty)
        #expect(throws: OutputError.self) {
            try output.append(ChoiceDelta(index: 0, logprobs: Array("null}\n\ndata: {}".utf8)))
        }
    }

    @Test func `what cannot follow is refused`() {
        #expect(code([.init(index: 1)]) == .unknownChoice)
        #expect(code([.init(index: -1)]) == .unknownChoice)
        #expect(code([.init(index: 0, finishReason: .stop), .init(index: 0, content: "x")]) == .choiceIsFinished)
        #expect(
            code([.init(index: 0, finishReason: .stop), .init(index: 0, finishReason: .stop)]) == .choiceIsFinished
        )
        #expect(code([.init(index: 0, toolCalls: [.init(index: 0, name: "f")])]) == .malformedToolCall)
        for later in [ToolCallDelta(index: 0, id: "a"), ToolCallDelta(index: 0, name: "g")] {
            #expect(
                code([
                    .init(index: 0, toolCalls: [.init(index: 0, id: "a", name: "f")]),
                    .init(index: 0, toolCalls: [later]),
                ]) == .malformedToolCall
            )
        }
        let calls = (0...128).map { ToolCallDelta(index: $0, id: "a") }
        #expect(code([.init(index: 0, toolCalls: calls)], byteLimit: 1000) == .malformedToolCall)
        for text in ["[]", "{", "{\"content\":1}", "null"] {
            #expect(code([.init(index: 0, logprobs: Array(text.utf8))]) == .malformedLogprobs)
        }
    }

    @Test func `the limits are in bytes and exact`() {
        let exact = String(repeating: "é", count: 50)
        #expect(code([.init(index: 0, content: exact)]) == nil)
        #expect(code([.init(index: 0, content: exact), .init(index: 0, reasoningContent: "x")]) == .tooLarge)
        #expect(code([.init(index: 0, toolCalls: [.init(index: 0, id: exact, name: "x")])]) == .tooLarge)
        let logprobs = Array(#"{"content":["aaaaaaaaaaaaaaaaaaaa"]}"#.utf8)
        #expect(code([.init(index: 0, logprobs: logprobs)]) == nil)
        #expect(code([.init(index: 0, logprobs: logprobs), .init(index: 0, logprobs: logprobs)]) == .logprobsTooLarge)
    }

    @Test func `open choices are closed with deltas that say so`() throws {
        var output = OutputAccumulator(choiceCount: 3, byteLimit: 100)
        try output.append(ChoiceDelta(index: 1, content: "x", finishReason: .stop))
        #expect(output.choices.map(\.finishReason) == [.cancelled, .stop, .cancelled])
        let closing = output.finishOpenChoices(as: .length)
        #expect(
            closing == [ChoiceDelta(index: 0, finishReason: .length), ChoiceDelta(index: 2, finishReason: .length)]
        )
        #expect(output.isComplete)
        #expect(output.choices.map(\.finishReason) == [.length, .stop, .length])
        #expect(output.finishOpenChoices(as: .cancelled).isEmpty)
    }
}
