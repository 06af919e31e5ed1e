import Testing

@testable import InferenceAPI

@Suite struct ResponsesOutputTests {
    private func kinds(_ output: ResponsesOutput) -> [ResponsesItem.Kind] { output.items.map(\.kind) }

    @Test func `what comes back after something else is a new item`() {
        var output = ResponsesOutput()
        _ = output.append(ChoiceDelta(index: 0, content: "a"))
        _ = output.append(ChoiceDelta(index: 0, reasoningContent: "hm"))
        _ = output.append(ChoiceDelta(index: 0, content: "b"))
        _ = output.append(ChoiceDelta(index: 0, content: "c"))
        #expect(kinds(output) == [.message, .reasoning, .message])
        #expect(output.items.map { $0.parts[0].text } == ["a", "hm", "bc"])
    }

    @Test func `calls whose pieces come in turns stay whole`() {
        var output = ResponsesOutput()
        func piece(_ index: Int, id: String = "", name: String = "", _ arguments: String) -> [ResponsesOutput.Change] {
            output.append(
                ChoiceDelta(index: 0, toolCalls: [.init(index: index, id: id, name: name, arguments: arguments)])
            )
        }
        #expect(piece(0, id: "c0", name: "f", "{") == [.itemAdded(0), .argumentsAdded(item: 0, text: "{")])
        #expect(piece(1, id: "c1", name: "g", "[") == [.itemAdded(1), .argumentsAdded(item: 1, text: "[")])
        #expect(piece(0, "}") == [.argumentsAdded(item: 0, text: "}")])
        #expect(piece(1, "]") == [.argumentsAdded(item: 1, text: "]")])
        #expect(output.finish(.toolCalls) == [.itemDone(0), .itemDone(1)])
        #expect(output.items.map(\.call.arguments) == ["{}", "[]"])
        #expect(output.items.map(\.status) == [.completed, .completed])
    }

    @Test func `a call begins when its name comes, with what came before`() {
        var output = ResponsesOutput()
        let early = output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "c0", arguments: "{")]))
        #expect(early.isEmpty)
        let named = output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 0, name: "f", arguments: "}")]))
        #expect(named == [.itemAdded(0), .argumentsAdded(item: 0, text: "{}")])
        #expect(output.items[0].call == FinalToolCall(id: "c0", name: "f", arguments: "{}"))
    }

    @Test func `a call that never had a name is there all the same`() {
        var output = ResponsesOutput()
        _ = output.append(ChoiceDelta(index: 0, content: "a", toolCalls: [.init(index: 0, id: "c0")]))
        let end = output.finish(.length)
        #expect(end == [.partDone(item: 0, part: 0), .itemDone(0), .itemAdded(1), .itemDone(1)])
        #expect(output.items.map(\.status) == [.completed, .incomplete])
        #expect(output.finish(.stop).isEmpty, "an output ends once")
    }

    @Test func `probabilities of reasoning, calls and nothing begin no message`() {
        var output = ResponsesOutput()
        let logprobs = Array(#"{"content":[{"token":"a","logprob":-1}]}"#.utf8)
        _ = output.append(ChoiceDelta(index: 0, logprobs: logprobs))
        _ = output.append(ChoiceDelta(index: 0, reasoningContent: "hm", logprobs: logprobs))
        _ = output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "c", name: "f")], logprobs: logprobs))
        #expect(kinds(output) == [.reasoning, .functionCall])
    }

    @Test func `probabilities past their bound are dropped as a whole`() {
        let token = String(repeating: "x", count: 1 << 20)
        let entry = ResponsesLogprobs(chat: Array(#"{"content":[{"token":"\#(token)","logprob":-1,"bytes":[]}]}"#.utf8))
        var all = ResponsesLogprobs()
        for _ in 0..<15 { all.append(entry) }
        #expect(!all.isEmpty)
        for _ in 0..<2 { all.append(entry) }
        #expect(all.isEmpty)
        all.append(ResponsesLogprobs(chat: Array(#"{"content":[{"token":"a","logprob":-1}]}"#.utf8)))
        #expect(all.isEmpty, "the half of it would look like the whole")
    }

    @Test func `entries that are none are left out`() {
        for text in ["", "[]", "{}", #"{"content":null}"#, #"{"content":[1,{"token":"a"},{"token":1,"logprob":0}]}"#] {
            #expect(ResponsesLogprobs(chat: Array(text.utf8)).isEmpty)
        }
    }
}
