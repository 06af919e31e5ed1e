import StrictJSON
import Testing

@testable import InferenceAPI

@Suite struct ResponsesRenderingTests {
    private static let job = "01k9w3m7x5abcdefgh"
    private static let decentral = DecentralObject(
        jobID: "job_" + job,
        worker: "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin",
        creditsCharged: 8,
        proofHash: "sha256:00"
    )
    private static let usage = TokenUsage(promptTokens: 48, completionTokens: 214, source: .backend)

    private func request(_ members: JSONObject = [:]) throws -> InferenceRequest {
        var body: JSONObject = ["model": "qwen3-8b", "input": "open sesame"]
        for (key, value) in members.members { body[key] = value }
        return try InferenceRequest.parse(JSONValue.object(body).encoded(), as: .responses)
    }

    private func answer(_ choice: FinalChoice) -> FinishedAnswer {
        FinishedAnswer(choices: [choice], usage: Self.usage, decentral: Self.decentral)
    }

    private func plain(_ choice: FinalChoice, _ members: JSONObject = [:]) throws -> JSONValue {
        try JSONValue(
            parsing: ResponsesRenderer.render(
                id: "resp_" + Self.job,
                request: request(members),
                created: 1_750_000_000,
                answer: answer(choice)
            )
        )
    }

    /// The events of a stream of these deltas, its end included.
    private func events(_ deltas: [ChoiceDelta]) throws -> [JSONValue] {
        var output = OutputAccumulator(choiceCount: 1, byteLimit: 1 << 20)
        var renderer = ResponsesStreamRenderer(
            id: "resp_" + Self.job,
            request: try request(),
            created: 1_750_000_000
        )
        var stream: [UInt8] = []
        for delta in deltas {
            try output.append(delta)
            renderer.append(delta, to: &stream)
        }
        renderer.appendEnd(of: answer(output.choices[0]), to: &stream)
        renderer.appendDone(to: &stream)
        return try Self.events(of: stream)
    }

    /// The objects of a stream; an event's type stands before it too, and its number is its place.
    private static func events(of stream: [UInt8]) throws -> [JSONValue] {
        let texts = String(decoding: stream, as: UTF8.self).split(separator: "\n\n")
        return try texts.enumerated().map { place, text in
            let lines = text.split(separator: "\n")
            try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
            let object = try JSONValue(parsing: Array(lines[1].dropFirst(6).utf8))
            #expect(object["type"]?.stringValue == String(lines[0].dropFirst(7)))
            #expect(object["sequence_number"]?.intValue == place)
            return object
        }
    }

    private func types(_ events: [JSONValue]) -> [String] {
        events.map { ($0["type"]?.stringValue ?? "").replacing("response.", with: "", maxReplacements: 1) }
    }

    // MARK: The whole answer

    @Test func `a plain answer has OpenAI's shape`() throws {
        let response = try plain(
            FinalChoice(
                index: 0,
                content: "4",
                reasoningContent: "2+2",
                logprobs: Array(#"{"content":[{"token":"4","logprob":-0.50,"bytes":null}],"refusal":null}"#.utf8),
                finishReason: .stop
            ),
            ["include": ["message.output_text.logprobs"]]
        )
        let expected: JSONValue = [
            "id": .string("resp_" + Self.job),
            "object": "response",
            "created_at": 1_750_000_000,
            "status": "completed",
            "error": .null,
            "incomplete_details": .null,
            "model": "qwen3-8b",
            "output": [
                [
                    "id": .string("rs_\(Self.job)_0"), "type": "reasoning", "summary": [], "status": "completed",
                    "content": [["type": "reasoning_text", "text": "2+2"]],
                ],
                [
                    "id": .string("msg_\(Self.job)_1"), "type": "message", "role": "assistant", "status": "completed",
                    "content": [
                        [
                            "type": "output_text", "text": "4", "annotations": [],
                            "logprobs": [
                                ["token": "4", "bytes": [52], "logprob": .number("-0.50"), "top_logprobs": []]
                            ],
                        ]
                    ],
                ],
            ],
            "background": false,
            "instructions": .null,
            "max_output_tokens": .null,
            "metadata": [:],
            "parallel_tool_calls": true,
            "previous_response_id": .null,
            "prompt_cache_key": .null,
            "reasoning": ["effort": .null, "summary": .null],
            "safety_identifier": .null,
            "service_tier": "default",
            "store": false,
            "temperature": .null,
            "text": ["format": ["type": "text"]],
            "tool_choice": "auto",
            "tools": [],
            "top_logprobs": 0,
            "top_p": .null,
            "truncation": "disabled",
            "user": .null,
            "usage": [
                "input_tokens": 48, "input_tokens_details": ["cached_tokens": 0, "cache_write_tokens": 0],
                "output_tokens": 214, "output_tokens_details": ["reasoning_tokens": 0], "total_tokens": 262,
            ],
            "decentral": [
                "job_id": .string(Self.decentral.jobID), "worker": .string(Self.decentral.worker),
                "credits_charged": 8, "proof_hash": "sha256:00",
            ],
        ]
        #expect(response == expected)
    }

    @Test func `a response repeats what was asked, but not the input`() throws {
        let tool: JSONValue = ["type": "function", "name": "f", "parameters": ["type": "object"]]
        let format: JSONValue = ["type": "json_schema", "name": "n", "schema": ["type": "object"]]
        let asked: JSONObject = [
            "instructions": "Be brief.", "max_output_tokens": 9, "metadata": ["a": "b"], "temperature": .number("0.70"),
            "top_p": 1, "tools": [tool], "tool_choice": ["type": "function", "name": "f"],
            "parallel_tool_calls": false, "text": ["format": format, "verbosity": "medium"],
            "reasoning": ["effort": "low"], "user": "u", "safety_identifier": "s", "prompt_cache_key": "k",
        ]
        let response = try plain(FinalChoice(index: 0, content: "x", finishReason: .stop), asked)
        for key in asked.members.map(\.key) where !["tools", "reasoning"].contains(key) {
            #expect(response[key] == asked[key], Comment(rawValue: key))
        }
        #expect(response["reasoning"] == ["effort": "low", "summary": .null])
        #expect(
            response["tools"] == [
                [
                    "type": "function", "name": "f", "description": .null, "parameters": ["type": "object"],
                    "strict": .null,
                ]
            ]
        )
        #expect(!String(decoding: response.encoded(), as: UTF8.self).contains("sesame"))
    }

    @Test func `each way to end has its status`() throws {
        let ends: [(FinishReason, JSONValue, JSONValue, JSONValue)] = [
            (.stop, "completed", .null, "completed"),
            (.toolCalls, "completed", .null, "completed"),
            (.length, "incomplete", ["reason": "max_output_tokens"], "incomplete"),
            (.contentFilter, "incomplete", ["reason": "content_filter"], "incomplete"),
            (.cancelled, "cancelled", .null, "incomplete"),
        ]
        for (reason, status, details, itemStatus) in ends {
            let response = try plain(
                FinalChoice(index: 0, content: "x", reasoningContent: "y", finishReason: reason)
            )
            #expect(response["status"] == status)
            #expect(response["incomplete_details"] == details)
            let items = try #require(response["output"]?.arrayValue)
            #expect(items.map { $0["status"] } == ["completed", itemStatus], "only the last was cut")
        }
        #expect(Set(ends.map(\.0)) == Set(FinishReason.allCases))
    }

    @Test func `function calls are items, and a call alone has no message`() throws {
        let response = try plain(
            FinalChoice(
                index: 0,
                toolCalls: [
                    .init(id: "call_1", name: "f", arguments: "{\"a\":1}"),
                    .init(id: "call_2", name: "g", arguments: ""),
                ],
                finishReason: .toolCalls
            )
        )
        #expect(
            response["output"] == [
                [
                    "id": .string("fc_\(Self.job)_0"), "type": "function_call", "status": "completed",
                    "call_id": "call_1", "name": "f", "arguments": "{\"a\":1}",
                ],
                [
                    "id": .string("fc_\(Self.job)_1"), "type": "function_call", "status": "completed",
                    "call_id": "call_2", "name": "g", "arguments": "",
                ],
            ]
        )
    }

    @Test func `a refusal is a part of the message, and an answer of nothing is an empty one`() throws {
        let refused = try plain(FinalChoice(index: 0, content: "a", refusal: "No.", finishReason: .stop))
        #expect(
            refused["output"]?.arrayValue?[0]["content"] == [
                ["type": "output_text", "text": "a", "annotations": [], "logprobs": []],
                ["type": "refusal", "refusal": "No."],
            ]
        )
        let empty = try plain(FinalChoice(index: 0, finishReason: .length))
        #expect(
            empty["output"]?.arrayValue?[0]["content"] == [
                ["type": "output_text", "text": "", "annotations": [], "logprobs": []]
            ]
        )
    }

    // MARK: The stream

    @Test func `a stream of text has OpenAI's events in their order`() throws {
        let events = try events([
            ChoiceDelta(index: 0, content: "Hi"),
            ChoiceDelta(index: 0, content: "\n\"é\""),
            ChoiceDelta(index: 0, finishReason: .stop),
        ])
        #expect(
            types(events) == [
                "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta",
                "output_text.delta", "output_text.done", "content_part.done", "output_item.done", "completed",
            ]
        )
        let id = JSONValue.string("msg_\(Self.job)_0")
        let part: JSONValue = ["type": "output_text", "text": "", "annotations": [], "logprobs": []]
        let whole: JSONValue = ["type": "output_text", "text": "Hi\n\"é\"", "annotations": [], "logprobs": []]
        for event in events[0...1] {
            #expect(event["response"]?["status"] == "in_progress")
            #expect(event["response"]?["output"] == [])
            #expect(event["response"]?["usage"] == .null)
            #expect(event["response"]?["decentral"] == nil)
        }
        #expect(
            events[2]["item"] == [
                "id": id, "type": "message", "role": "assistant", "status": "in_progress", "content": [],
            ]
        )
        #expect(
            events[3] == [
                "type": "response.content_part.added", "sequence_number": 3, "item_id": id, "output_index": 0,
                "content_index": 0, "part": part,
            ]
        )
        #expect(
            events[4] == [
                "type": "response.output_text.delta", "sequence_number": 4, "item_id": id, "output_index": 0,
                "content_index": 0, "delta": "Hi", "logprobs": [],
            ]
        )
        #expect(
            events[6] == [
                "type": "response.output_text.done", "sequence_number": 6, "item_id": id, "output_index": 0,
                "content_index": 0, "text": "Hi\n\"é\"", "logprobs": [],
            ]
        )
        #expect(events[7]["part"] == whole)
        #expect(
            events[8]["item"] == [
                "id": id, "type": "message", "role": "assistant", "status": "completed", "content": [whole],
            ]
        )
        #expect(events[9]["response"]?["decentral"]?["credits_charged"] == 8)
    }

    @Test func `a stream ends with the response that a plain answer is`() throws {
        let deltas = [
            ChoiceDelta(index: 0, reasoningContent: "hm"),
            ChoiceDelta(index: 0, content: "a", logprobs: Array(#"{"content":[{"token":"a","logprob":-1}]}"#.utf8)),
            ChoiceDelta(index: 0, content: "b", logprobs: Array(#"{"content":[{"token":"b","logprob":-2}]}"#.utf8)),
            ChoiceDelta(index: 0, refusal: "No."),
            ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "call_1", name: "f", arguments: "{")]),
            ChoiceDelta(index: 0, toolCalls: [.init(index: 0, arguments: "}")], finishReason: .toolCalls),
        ]
        var output = OutputAccumulator(choiceCount: 1, byteLimit: 1 << 20)
        for delta in deltas { try output.append(delta) }
        #expect(try events(deltas).last?["response"] == plain(output.choices[0]))
    }

    @Test func `reasoning, words, a refusal and calls each have their own events`() throws {
        let events = try events([
            ChoiceDelta(index: 0, reasoningContent: "hm"),
            ChoiceDelta(index: 0, content: "a"),
            ChoiceDelta(index: 0, refusal: "No."),
            ChoiceDelta(index: 0, toolCalls: [.init(index: 0, id: "call_1", name: "f", arguments: "{")]),
            ChoiceDelta(index: 0, toolCalls: [.init(index: 0, arguments: "}")], finishReason: .toolCalls),
        ])
        #expect(
            types(events) == [
                "created", "in_progress",
                "output_item.added", "content_part.added", "reasoning_text.delta",
                "reasoning_text.done", "content_part.done", "output_item.done",
                "output_item.added", "content_part.added", "output_text.delta",
                "output_text.done", "content_part.done", "content_part.added", "refusal.delta",
                "refusal.done", "content_part.done", "output_item.done",
                "output_item.added", "function_call_arguments.delta", "function_call_arguments.delta",
                "function_call_arguments.done", "output_item.done",
                "completed",
            ]
        )
        #expect(events[4]["delta"] == "hm")
        #expect(events[14]["content_index"] == 1)
        #expect(events[15]["refusal"] == "No.")
        #expect(
            events[18]["item"] == [
                "id": .string("fc_\(Self.job)_2"), "type": "function_call", "status": "in_progress",
                "call_id": "call_1", "name": "f", "arguments": "",
            ]
        )
        #expect(events[21]["arguments"] == "{}" && events[21]["output_index"] == 2)
        #expect(events[22]["item"]?["arguments"] == "{}")
    }

    @Test func `an answer that was cut ends incomplete, and with it its last item alone`() throws {
        let events = try events([
            ChoiceDelta(index: 0, reasoningContent: "hm"), ChoiceDelta(index: 0, content: "a", finishReason: .length),
        ])
        #expect(types(events).last == "incomplete")
        let items = events.filter { $0["type"] == "response.output_item.done" }.map { $0["item"]?["status"] }
        #expect(items == ["completed", "incomplete"])
        #expect(events.last?["response"]?["incomplete_details"] == ["reason": "max_output_tokens"])
    }

    @Test func `an output that never ended is closed at the end`() throws {
        let events = try events([ChoiceDelta(index: 0, content: "a")])
        #expect(
            types(events).suffix(4) == ["output_text.done", "content_part.done", "output_item.done", "incomplete"]
        )
        #expect(events.last?["response"]?["status"] == "cancelled")
    }

    @Test func `a failure has OpenAI's event and the member that its clients raise on`() throws {
        var renderer = ResponsesStreamRenderer(id: "resp_" + Self.job, request: try request(), created: 1)
        var stream: [UInt8] = []
        renderer.append(ChoiceDelta(index: 0, content: "a"), to: &stream)
        renderer.appendError(.workerFailed(), to: &stream)
        let error = try #require(Self.events(of: stream).last)
        #expect(error["type"] == "error")
        #expect(error["code"] == "worker_failed" && error["param"] == .null)
        #expect(error["message"]?.stringValue == APIError.workerFailed().message)
        #expect(error["error"] == (try JSONValue(parsing: APIError.workerFailed().body))["error"])
    }

    @Test func `probabilities come with their text and again with the whole of it`() throws {
        func entry(_ token: String, _ alternatives: JSONValue) -> JSONValue {
            [
                "token": .string(token), "bytes": .array(token.utf8.map { .integer(Int($0)) }),
                "logprob": .number("-0.5"),
                "top_logprobs": alternatives,
            ]
        }
        func chat(_ token: String) -> [UInt8] {
            Array(
                """
                {"content":[{"token":"\(token)","logprob":-0.5,"bytes":null,\
                "top_logprobs":[{"token":"z","logprob":-1,"bytes":[122]}]}],"refusal":null}
                """.utf8
            )
        }
        let alternatives: JSONValue = [["token": "z", "bytes": [122], "logprob": -1]]
        let events = try events([
            ChoiceDelta(index: 0, reasoningContent: "hm", logprobs: chat("hm")),
            ChoiceDelta(index: 0, content: "é", logprobs: chat("é")),
            ChoiceDelta(index: 0, logprobs: chat("")),
            ChoiceDelta(index: 0, finishReason: .stop),
        ])
        let deltas = events.filter { $0["type"] == "response.output_text.delta" }
        #expect(deltas.map { $0["delta"] } == ["é", ""])
        #expect(deltas.map { $0["logprobs"] } == [[entry("é", alternatives)], [entry("", alternatives)]])
        let done = events.first { $0["type"] == "response.output_text.done" }
        #expect(done?["logprobs"] == [entry("é", alternatives), entry("", alternatives)])
    }
}
