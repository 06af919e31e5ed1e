import InferenceAPI
import StrictJSON
import Testing

@Suite struct ResponsesRequestTests {
    private static let smallest: JSONObject = ["model": "qwen3-8b", "input": "hi"]

    /// The smallest body, changed as a line of a fixture says.
    private func body(changedBy change: JSONValue) -> [UInt8] {
        var body = Self.smallest
        for key in change["remove"]?.arrayValue ?? [] {
            body[key.stringValue ?? ""] = nil
        }
        for (key, value) in change["set"]?.objectValue?.members ?? [] {
            body[key] = value
        }
        return JSONValue.object(body).encoded()
    }

    private func parse(_ members: JSONObject) throws -> InferenceRequest {
        try InferenceRequest.parse(body(changedBy: ["set": .object(members)]), as: .responses)
    }

    /// What a backend is asked for a body, without what is the same for all.
    private func asked(_ members: JSONObject) throws -> JSONValue {
        var asked = try JSONValue(parsing: parse(members).upstreamBody(model: "m", maxOutputTokens: 5)).objectValue
        for key in ["model", "stream", "stream_options", "max_tokens"] { asked?[key] = nil }
        return asked.map(JSONValue.object) ?? .null
    }

    @Test func `every request of the accepted list is taken`() throws {
        let changes = try #require(Fixtures.json("Requests/responses-accepted.json").arrayValue)
        #expect(changes.count >= 18)
        for change in changes {
            do {
                _ = try InferenceRequest.parse(body(changedBy: change), as: .responses)
            } catch {
                Issue.record("\(change["why"]?.stringValue ?? ""): \(error)")
            }
        }
    }

    @Test func `every request of the refused list is refused for its reason`() throws {
        let changes = try #require(Fixtures.json("Requests/responses-refused.json").arrayValue)
        #expect(changes.count > 70)
        for change in changes {
            let why = Comment(rawValue: change["why"]?.stringValue ?? "")
            let error = #expect(throws: APIError.self, why) {
                _ = try InferenceRequest.parse(body(changedBy: change), as: .responses)
            }
            #expect(error?.code.rawValue == change["code"]?.stringValue, why)
            #expect(error?.param == change["param"]?.stringValue, why)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `thousands of reasoning items beside a long one are read in one go`() throws {
        let long =
            #"{"type":"reasoning","summary":[{"type":"summary_text","text":"\#(String(repeating: "a", count: 1 << 20))"}]}"#
        let short = #"{"type":"reasoning","summary":[{"type":"summary_text","text":""}]}"#
        let items = ([long] + Array(repeating: short, count: 10_000)).joined(separator: ",")
        let request = try InferenceRequest.parse(
            Array(#"{"model":"m","input":[\#(items),{"role":"user","content":"x"}]}"#.utf8),
            as: .responses
        )
        #expect(request.estimatedPromptTokens > 1 << 17)
    }

    @Test func `every request that is taken makes a chat completion that is taken`() throws {
        for change in try #require(Fixtures.json("Requests/responses-accepted.json").arrayValue) {
            let request = try InferenceRequest.parse(body(changedBy: change), as: .responses)
            do {
                let chat = try InferenceRequest.parse(
                    request.upstreamBody(model: "m", maxOutputTokens: 5).withoutRepeatedPenalty(),
                    as: .chatCompletions
                )
                #expect(chat.estimatedPromptTokens == request.estimatedPromptTokens)
                #expect(chat.needsTools == request.needsTools)
                #expect(chat.needsStructuredOutput == request.needsStructuredOutput)
                #expect(chat.needsLogprobs == request.needsLogprobs)
            } catch {
                Issue.record("\(change["why"]?.stringValue ?? ""): \(error)")
            }
        }
    }

    @Test func `no description of a request shows its prompt`() throws {
        let request = try parse(["input": "open sesame", "instructions": "sesame"])
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("sesame"))
        }
    }

    @Test func `no error quotes an item`() throws {
        let bodies: [JSONObject] = [
            ["input": [["type": "open sesame"]]],
            ["input": [["role": "open sesame", "content": "open sesame"]]],
            ["input": [["role": "user", "content": [["type": "open sesame"]]]]],
            ["input": [["role": "user", "content": "x", "open sesame": 1]]],
            ["include": ["open sesame"]],
            ["tools": [["type": "open sesame"]]],
            ["truncation": "open sesame"],
        ]
        for body in bodies {
            let error = try #require(throws: APIError.self) { _ = try parse(body) }
            #expect(!String(decoding: error.body, as: UTF8.self).contains("sesame"))
        }
    }

    @Test func `a request says what it needs`() throws {
        let plain = try parse([:])
        #expect(!plain.stream && plain.choiceCount == 1 && plain.maxOutputTokens == nil)
        #expect(!plain.needsTools && !plain.needsStructuredOutput && !plain.needsLogprobs)
        #expect(try parse(["stream": true]).stream)
        #expect(try parse(["max_output_tokens": 9]).maxOutputTokens == 9)
        #expect(try parse(["tools": [["type": "function", "name": "f"]]]).needsTools)
        #expect(
            try parse(["input": [["type": "function_call_output", "call_id": "c", "output": "x"]]]).needsTools,
            "a template must be able to say it"
        )
        #expect(try parse(["text": ["format": ["type": "json_object"]]]).needsStructuredOutput)
        #expect(try parse(["include": ["message.output_text.logprobs"]]).needsLogprobs)
    }

    @Test func `a backend is asked for a chat completion, to the digits of the caller's numbers`() throws {
        let text = """
            {"model":"qwen3-8b","input":"é","instructions":"Be brief.","temperature":0.70,"top_p":null,"user":"u",\
            "metadata":{"a":"b"},"store":false,"max_output_tokens":100,"reasoning":{"effort":"low"},\
            "prompt_cache_key":"k","safety_identifier":"s","truncation":"disabled","parallel_tool_calls":true}
            """
        let request = try InferenceRequest.parse(Array(text.utf8), as: .responses)
        let upstream = String(
            decoding: request.upstreamBody(model: "Qwen/Qwen3-8B", maxOutputTokens: 50),
            as: UTF8.self
        )
        #expect(
            upstream == """
                {"model":"Qwen/Qwen3-8B","stream":true,"stream_options":{"include_usage":true},"max_tokens":50,\
                "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"é"}],\
                "temperature":0.70,"reasoning_effort":"low"}
                """
        )
    }

    @Test func `what the model said in one go is one message`() throws {
        let call: JSONValue = [
            "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{\"a\":1}",
        ]
        let asked = try asked([
            "input": [
                [
                    "role": "user",
                    "content": [["type": "input_text", "text": "a"], ["type": "input_text", "text": "b"]],
                ],
                [
                    "type": "reasoning", "id": "rs_1", "summary": [],
                    "content": [["type": "reasoning_text", "text": "hm"]],
                ],
                ["type": "message", "role": "assistant", "content": [["type": "output_text", "text": "Wait."]]],
                call,
                ["type": "function_call", "call_id": "call_2", "name": "g", "arguments": ""],
                ["type": "function_call_output", "call_id": "call_1", "output": "4"],
                [
                    "type": "function_call_output", "call_id": "call_2",
                    "output": [["type": "input_text", "text": "5"]],
                ],
                call,
                ["type": "function_call_output", "call_id": "call_1", "output": "6"],
                ["role": "assistant", "content": "one"],
                ["role": "assistant", "content": [["type": "refusal", "refusal": "two"]]],
                ["type": "reasoning", "id": "rs_2", "summary": [["type": "summary_text", "text": "so"]]],
            ]
        ])
        func toolCall(_ id: JSONValue, _ name: JSONValue, _ arguments: JSONValue) -> JSONValue {
            ["id": id, "type": "function", "function": ["name": name, "arguments": arguments]]
        }
        let first = toolCall("call_1", "f", "{\"a\":1}")
        #expect(
            asked == [
                "messages": [
                    ["role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]],
                    [
                        "role": "assistant", "content": "Wait.", "reasoning_content": "hm",
                        "tool_calls": [first, toolCall("call_2", "g", "")],
                    ],
                    ["role": "tool", "content": "4", "tool_call_id": "call_1"],
                    ["role": "tool", "content": "5", "tool_call_id": "call_2"],
                    ["role": "assistant", "content": .null, "tool_calls": [first]],
                    ["role": "tool", "content": "6", "tool_call_id": "call_1"],
                    ["role": "assistant", "content": "one"],
                    ["role": "assistant", "content": "two"],
                    ["role": "assistant", "content": "", "reasoning_content": "so"],
                ]
            ]
        )
    }

    @Test func `tools, their choice, a format and probabilities take chat's shapes`() throws {
        let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "number"]]]
        let asked = try asked([
            "tools": [["type": "function", "name": "f", "parameters": schema, "strict": true, "description": .null]],
            "tool_choice": ["type": "function", "name": "f"],
            "parallel_tool_calls": false,
            "text": ["format": ["type": "json_schema", "name": "n", "strict": true, "schema": schema]],
            "include": ["message.output_text.logprobs"],
            "top_logprobs": 2,
        ])
        #expect(
            asked == [
                "messages": [["role": "user", "content": "hi"]],
                "response_format": [
                    "type": "json_schema", "json_schema": ["name": "n", "schema": schema, "strict": true],
                ],
                "logprobs": true,
                "top_logprobs": 2,
                "tools": [["type": "function", "function": ["name": "f", "parameters": schema, "strict": true]]],
                "tool_choice": ["type": "function", "function": ["name": "f"]],
                "parallel_tool_calls": false,
            ]
        )
    }

    @Test func `a turn has as many function calls as an answer may have, and no more`() throws {
        let call: JSONValue = ["type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"]
        #expect(throws: Never.self) { try parse(["input": .array(Array(repeating: call, count: 128))]) }
        let error = #expect(throws: APIError.self) {
            try parse(["input": .array(Array(repeating: call, count: 129))])
        }
        #expect(error?.code == .invalidParameter && error?.param == "input")
    }

    @Test func `errors of the network name the parameters as the kind does`() {
        #expect(RequestKind.responses.promptParameter == "input")
        #expect(RequestKind.responses.parameter(forChat: "response_format") == "text.format")
        #expect(RequestKind.responses.parameter(forChat: "logprobs") == "include")
        #expect(RequestKind.responses.parameter(forChat: "tools") == "tools")
        #expect(RequestKind.chatCompletions.parameter(forChat: "logprobs") == "logprobs")
    }
}

extension [UInt8] {
    /// A body for a backend without the one member that callers have no right to.
    fileprivate func withoutRepeatedPenalty() throws -> [UInt8] {
        var object = try #require(try JSONValue(parsing: self).objectValue)
        object["repeat_penalty"] = nil
        return JSONValue.object(object).encoded()
    }
}
