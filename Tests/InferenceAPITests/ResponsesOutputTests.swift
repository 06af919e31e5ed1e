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

    @Test func `probabilities past their bound are dropped as a whole, of all texts together`() {
        let token = String(repeating: "x", count: 1 << 20)
        let entry = Array(#"{"content":[{"token":"\#(token)","logprob":-1,"bytes":[]}]}"#.utf8)
        var output = ResponsesOutput()
        func say(_ content: String, _ logprobs: [UInt8]) {
            _ = output.append(ChoiceDelta(index: 0, content: content, logprobs: logprobs))
            _ = output.append(ChoiceDelta(index: 0, reasoningContent: "hm"))
        }
        var kept: [Bool] { output.items.flatMap(\.parts).map { !$0.logprobs.isEmpty } }
        for _ in 0..<15 { say("a", entry) }
        #expect(kept == Array(repeating: [true, false], count: 15).flatMap(\.self))
        for _ in 0..<2 { say("a", entry) }
        #expect(!kept.contains(true))
        say("a", Array(#"{"content":[{"token":"a","logprob":-1}]}"#.utf8))
        #expect(!kept.contains(true), "the half of it would look like the whole")
    }

    @Test func `texts that go to and fro make no more than so many, and each ends once`() {
        var output = ResponsesOutput()
        var changes: [ResponsesOutput.Change] = []
        for _ in 0..<ResponsesOutput.partLimit {
            changes += output.append(ChoiceDelta(index: 0, content: "a", reasoningContent: "h", refusal: "n"))
        }
        changes += output.append(ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "c", name: "f")]))
        changes += output.append(ChoiceDelta(index: 0, content: "z", finishReason: .stop))
        let parts = output.items.flatMap(\.parts)
        #expect(parts.count <= ResponsesOutput.partLimit + 3)
        for (kind, ending) in [(ResponsesPart.Kind.output, "z"), (.reasoning, ""), (.refusal, "")] {
            let text = parts.filter { $0.kind == kind }.map(\.text).joined()
            #expect(text.utf8.count == ResponsesOutput.partLimit + ending.utf8.count)
            #expect(text.hasSuffix(ending))
        }
        #expect(parts.allSatisfy(\.isDone) && output.items.allSatisfy { $0.status == .completed })
        for item in output.items.indices {
            #expect(changes.filter { $0 == .itemDone(item) }.count == 1)
        }
        // Nothing is said of a text after its end.
        var done: Set<[Int]> = []
        for change in changes {
            switch change {
            case .partDone(let item, let part): #expect(done.insert([item, part]).inserted)
            case .textAdded(let item, let part, _, _): #expect(!done.contains([item, part]))
            default: break
            }
        }
        #expect(done.count == parts.count)
    }

    @Test func `entries that are none are left out`() {
        for text in ["", "[]", "{}", #"{"content":null}"#, #"{"content":[1,{"token":"a"},{"token":1,"logprob":0}]}"#] {
            #expect(ResponsesLogprobs(chat: Array(text.utf8)).isEmpty)
        }
    }
}
