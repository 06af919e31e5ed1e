import StrictJSON
import Testing

@testable import InferenceAPI

@Suite struct RenderingTests {
    private static let id = "chatcmpl-01k9w3m7x5abcdefgh"
    private static let decentral = DecentralObject(
        jobID: "job_01k9w3m7x5abcdefgh",
        worker: "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
        creditsCharged: 8,
        proofHash: "sha256:00"
    )
    private static let usage = TokenUsage(promptTokens: 48, completionTokens: 214, source: .backend)

    private func renderer(includesUsage: Bool = false) -> ChatStreamRenderer {
        ChatStreamRenderer(id: Self.id, model: "qwen3-8b", created: 1_750_000_000, includesUsage: includesUsage)
    }

    private func answer(_ choices: [FinalChoice]) -> FinishedAnswer {
        FinishedAnswer(choices: choices, usage: Self.usage, decentral: Self.decentral)
    }

    private func text(_ write: (inout [UInt8]) -> Void) -> String {
        var out: [UInt8] = []
        write(&out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test func `a chunk has OpenAI's shape`() {
        var renderer = renderer()
        let stream = text {
            renderer.append(ChoiceDelta(index: 0, content: "Hi\n\"there\""), to: &$0)
            renderer.append(ChoiceDelta(index: 1, content: "é"), to: &$0)
            renderer.append(ChoiceDelta(index: 0, finishReason: .stop), to: &$0)
        }
        let head =
            #"data: {"id":"\#(Self.id)","object":"chat.completion.chunk","created":1750000000,"model":"qwen3-8b","#
        #expect(
            stream == """
                \(head)"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi\\n\\"there\\""},"logprobs":null,"finish_reason":null}]}

                \(head)"choices":[{"index":1,"delta":{"role":"assistant","content":"é"},"logprobs":null,"finish_reason":null}]}

                \(head)"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}


                """
        )
    }

    @Test func `choices begin in the order of their numbers, whichever the backend begins with`() throws {
        var renderer = renderer()
        let chunks = try chunks(
            of: text {
                renderer.append(ChoiceDelta(index: 2, content: "c"), to: &$0)
                renderer.append(ChoiceDelta(index: 0, content: "a"), to: &$0)
            }
        )
        let begun = chunks.compactMap { $0["choices"]?.arrayValue?.first }
        #expect(begun.map { $0["index"] } == [0, 1, 2, 0])
        #expect(begun.map { $0["delta"]?["role"] } == ["assistant", "assistant", "assistant", nil])
        #expect(begun.map { $0["delta"]?["content"] } == [nil, nil, "c", "a"])
    }

    @Test func `usage is null in every chunk but the last where it was asked for`() throws {
        var renderer = renderer(includesUsage: true)
        let stream = text {
            renderer.append(ChoiceDelta(index: 0, content: "x"), to: &$0)
            renderer.appendFinal(usage: Self.usage, decentral: Self.decentral, to: &$0)
        }
        let chunks = try chunks(of: stream)
        #expect(chunks[0]["usage"] == .null)
        #expect(chunks[1]["choices"] == [])
        #expect(chunks[1]["usage"] == ["prompt_tokens": 48, "completion_tokens": 214, "total_tokens": 262])
        #expect(chunks[1]["decentral"]?["job_id"]?.stringValue == Self.decentral.jobID)
        #expect(chunks[1]["decentral"]?["worker"]?.stringValue == Self.decentral.worker)
        #expect(chunks[1]["decentral"]?["credits_charged"]?.intValue == 8)
        #expect(chunks[1]["decentral"]?["proof_hash"]?.stringValue == "sha256:00")
    }

    @Test func `what the network knows comes without usage too, and nothing comes of nothing`() throws {
        let renderer = renderer()
        let last = try chunks(
            of: text { renderer.appendFinal(usage: Self.usage, decentral: Self.decentral, to: &$0) }
        )
        #expect(last.count == 1)
        #expect(last[0]["usage"] == nil)
        #expect(last[0]["choices"] == [])
        #expect(last[0]["decentral"] != nil)
        #expect(text { renderer.appendFinal(usage: Self.usage, decentral: nil, to: &$0) }.isEmpty)
    }

    @Test func `comments, the end and an error are events of their own`() {
        let renderer = renderer()
        let stream = text {
            renderer.appendKeepAlive(to: &$0)
            renderer.appendSettlement(transaction: "5sig", to: &$0)
            renderer.appendComment("two\r\nlines", to: &$0)
            renderer.appendError(.workerFailed(), to: &$0)
            renderer.appendDone(to: &$0)
        }
        #expect(
            stream == """
                : keep-alive

                : settlement_tx=5sig

                : two  lines

                data: \(String(decoding: APIError.workerFailed().body, as: UTF8.self))

                data: [DONE]


                """
        )
    }

    @Test func `logprobs cannot break out of their event`() throws {
        var renderer = renderer()
        let stream = text {
            renderer.append(ChoiceDelta(index: 0, logprobs: Array("{\"content\":\r\n\n[]}".utf8)), to: &$0)
        }
        #expect(try chunks(of: stream)[0]["choices"]?.arrayValue?[0]["logprobs"] == ["content": []])
        #expect(stream.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
    }

    @Test func `a cancelled choice ends for the caller with a reason of OpenAI's`() throws {
        var renderer = renderer()
        let stream = text { renderer.append(ChoiceDelta(index: 0, finishReason: .cancelled), to: &$0) }
        #expect(try chunks(of: stream)[0]["choices"]?.arrayValue?[0]["finish_reason"] == "stop")
        let known: Set<String> = ["stop", "length", "tool_calls", "content_filter"]
        #expect(FinishReason.allCases.allSatisfy { known.contains("\($0.callerText)") })
    }

    @Test func `a rendered stream reads as the deltas that it was made of`() throws {
        var generator = SeededGenerator(seed: 11)
        let pieces = [
            "a", "é", "👩🏽‍🚀", "👩", "\u{200D}", "🚀", "\"", "\\", "\n", "\u{0}", "\u{7F}", "\u{2028}", "e\u{301}", "日本",
        ]
        for includesUsage in [false, true] {
            var renderer = renderer(includesUsage: includesUsage)
            var deltas: [ChoiceDelta] = []
            for place in 0..<200 {
                func someText() -> String {
                    (0..<Int.random(in: 1...4, using: &generator))
                        .map { _ in pieces[Int.random(in: pieces.indices, using: &generator)] }.joined()
                }
                var delta = ChoiceDelta(index: Int.random(in: 0...3, using: &generator))
                switch Int.random(in: 0...4, using: &generator) {
                case 0: delta.reasoningContent = someText()
                case 1: delta.refusal = someText()
                case 2:
                    delta.toolCalls = [ToolCallDelta(index: 0, arguments: someText())]
                    let isFirst = !deltas.contains { $0.index == delta.index && !$0.toolCalls.isEmpty }
                    if isFirst { delta.toolCalls[0].id = "call_\(place)" }
                    if isFirst { delta.toolCalls[0].name = "f" }
                case 3: delta.logprobs = Array(#"{"content":[{"token":"x","logprob":-0.5}],"refusal":null}"#.utf8)
                default: delta.content = someText()
                }
                deltas.append(delta)
            }
            deltas += (0...3).map { ChoiceDelta(index: $0, finishReason: FinishReason.allCases[$0]) }
            var stream: [UInt8] = []
            for (place, delta) in deltas.enumerated() {
                if place % 7 == 0 { renderer.appendKeepAlive(to: &stream) }
                renderer.append(delta, to: &stream)
            }
            renderer.appendFinal(usage: Self.usage, decentral: Self.decentral, to: &stream)
            renderer.appendSettlement(transaction: "5sig", to: &stream)
            renderer.appendDone(to: &stream)

            var events: [BackendStreamEvent] = []
            var parser = BackendStreamParser()
            try parser.feed(stream, into: &events)
            try parser.end(into: &events)
            let counted: [BackendStreamEvent] = includesUsage ? [.usage(prompt: 48, completion: 214)] : []
            #expect(events == deltas.map { .delta($0) } + counted + [.done])
        }
    }

    @Test func `a plain answer has OpenAI's shape`() throws {
        let body = ChatRenderer.render(
            id: Self.id,
            model: "qwen3-8b",
            created: 1_750_000_000,
            answer: answer([
                FinalChoice(
                    index: 0,
                    content: "4",
                    reasoningContent: "2+2",
                    logprobs: Array(#"{"content":[]}"#.utf8),
                    finishReason: .stop
                ),
                FinalChoice(
                    index: 1,
                    toolCalls: [.init(id: "call_1", name: "f", arguments: "{\"a\":1}")],
                    finishReason: .toolCalls
                ),
                FinalChoice(index: 2, refusal: "No.", finishReason: .contentFilter),
                FinalChoice(index: 3, finishReason: .length),
            ])
        )
        let answer = try JSONValue(parsing: body)
        let expected: JSONValue = [
            "id": .string(Self.id),
            "object": "chat.completion",
            "created": 1_750_000_000,
            "model": "qwen3-8b",
            "choices": [
                [
                    "index": 0,
                    "message": ["role": "assistant", "content": "4", "refusal": .null, "reasoning_content": "2+2"],
                    "logprobs": ["content": []],
                    "finish_reason": "stop",
                ],
                [
                    "index": 1,
                    "message": [
                        "role": "assistant", "content": .null, "refusal": .null,
                        "tool_calls": [
                            [
                                "id": "call_1", "type": "function",
                                "function": ["name": "f", "arguments": "{\"a\":1}"],
                            ]
                        ],
                    ],
                    "logprobs": .null,
                    "finish_reason": "tool_calls",
                ],
                [
                    "index": 2,
                    "message": ["role": "assistant", "content": .null, "refusal": "No."],
                    "logprobs": .null,
                    "finish_reason": "content_filter",
                ],
                [
                    "index": 3,
                    "message": ["role": "assistant", "content": "", "refusal": .null],
                    "logprobs": .null,
                    "finish_reason": "length",
                ],
            ],
            "usage": ["prompt_tokens": 48, "completion_tokens": 214, "total_tokens": 262],
            "decentral": [
                "job_id": .string(Self.decentral.jobID), "worker": .string(Self.decentral.worker),
                "credits_charged": 8, "proof_hash": "sha256:00",
            ],
        ]
        #expect(answer == expected)
    }

    /// The JSON of the stream's `data:` events.
    private func chunks(of stream: String) throws -> [JSONValue] {
        try stream.split(separator: "\n\n").map { try JSONValue(parsing: Array($0.dropFirst(6).utf8)) }
    }
}
