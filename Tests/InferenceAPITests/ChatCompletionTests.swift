import InferenceAPI
import StrictJSON
import Testing

@Suite struct ChatCompletionTests {
    private static let smallest: JSONObject = [
        "model": "qwen3-8b",
        "messages": [["role": "user", "content": "hi"]],
    ]

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
        try InferenceRequest.parse(body(changedBy: ["set": .object(members)]), as: .chatCompletions)
    }

    @Test func `every request of the accepted list is taken`() throws {
        for change in try #require(Fixtures.json("Requests/accepted.json").arrayValue) {
            do {
                _ = try InferenceRequest.parse(body(changedBy: change), as: .chatCompletions)
            } catch {
                Issue.record("\(change["why"]?.stringValue ?? ""): \(error)")
            }
        }
    }

    @Test func `every request of the refused list is refused for its reason`() throws {
        let changes = try #require(Fixtures.json("Requests/refused.json").arrayValue)
        #expect(changes.count > 70)
        for change in changes {
            let why = Comment(rawValue: change["why"]?.stringValue ?? "")
            let error = #expect(throws: APIError.self, why) {
                _ = try InferenceRequest.parse(body(changedBy: change), as: .chatCompletions)
            }
            #expect(error?.code.rawValue == change["code"]?.stringValue, why)
            #expect(error?.param == change["param"]?.stringValue, why)
            #expect(error?.status == 400, why)
        }
    }

    @Test(arguments: ["", "{", "[]", "null", "{\"model\":\"a\",\"model\":\"b\"}", "{} {}", "\u{FEFF}{}"])
    func `what is no JSON object is invalid JSON`(text: String) {
        let error = #expect(throws: APIError.self) {
            _ = try InferenceRequest.parse(Array(text.utf8), as: .chatCompletions)
        }
        #expect(error?.code == .invalidJSON)
    }

    @Test func `no error quotes a message`() throws {
        let bodies: [String] = [
            #"{"model":"m","messages":[{"role":"open sesame","content":"open sesame"}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":{"open sesame":1}}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"open sesame","open sesame":1}]}"#,
            #"{"model":"m","messages":[{"role":"user","content":"open sesame"}"#,
            #"{"model":"m","messages":[{"role":"user","content":"open sesame"}],"stop":["open sesame",1]}"#,
        ]
        for body in bodies {
            let error = try #require(throws: APIError.self) {
                _ = try InferenceRequest.parse(Array(body.utf8), as: .chatCompletions)
            }
            #expect(!String(decoding: error.body, as: UTF8.self).contains("sesame"))
        }
    }

    @Test func `no description of a request shows its prompt`() throws {
        let request = try parse(["messages": [["role": "user", "content": "open sesame"]]])
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request), dumped] {
            #expect(!text.contains("sesame"))
        }
    }

    @Test func `the defaults are OpenAI's`() throws {
        let request = try parse([:])
        #expect(request.model == "qwen3-8b")
        #expect(!request.stream && !request.includeUsage)
        #expect(request.choiceCount == 1)
        #expect(request.maxOutputTokens == nil)
        #expect(!request.needsTools && !request.needsStructuredOutput && !request.needsLogprobs)
    }

    @Test func `what a request needs is seen`() throws {
        #expect(try parse(["tools": [["type": "function", "function": ["name": "f"]]]]).needsTools)
        #expect(
            try parse(["messages": [["role": "tool", "tool_call_id": "c", "content": "x"]]]).needsTools,
            "a template must be able to say it"
        )
        #expect(try parse(["response_format": ["type": "json_object"]]).needsStructuredOutput)
        #expect(try !parse(["response_format": ["type": "text"]]).needsStructuredOutput)
        #expect(try parse(["logprobs": true]).needsLogprobs)
        #expect(try parse(["n": 3]).choiceCount == 3)
        #expect(try parse(["max_completion_tokens": 9]).maxOutputTokens == 9)
        let stream = try parse(["stream": true, "stream_options": ["include_usage": true]])
        #expect(stream.stream && stream.includeUsage)
    }

    @Test func `a prompt has at least a quarter of its words in tokens, and one for every 512 bytes`() throws {
        func least(_ text: String) throws -> Int {
            try parse(["messages": [["role": "user", "content": .string(text)]]]).leastPromptTokens
        }
        #expect(try least("") == 1)
        #expect(try least(String(repeating: "word ", count: 4_003)) == 1_000)
        #expect(try least(String(repeating: "\n\tw", count: 80)) == 20)
        #expect(try least(String(repeating: " ", count: 5_120)) == 10)
        #expect(try least(String(repeating: "語", count: 1_024)) == 6)
    }

    @Test func `the limit of output has the name that the caller gave it`() throws {
        #expect(try parse(["max_tokens": 5]).limitParameter == "max_tokens")
        #expect(try parse(["max_completion_tokens": 5, "max_tokens": .null]).limitParameter == "max_completion_tokens")
    }

    @Test func `a prompt is estimated from its bytes and its messages`() throws {
        #expect(try parse(["messages": [["role": "user", "content": ""]]]).estimatedPromptTokens == 7)
        #expect(try parse(["messages": [["role": "user", "content": "12345678"]]]).estimatedPromptTokens == 9)
        #expect(
            try parse([
                "messages": [
                    ["role": "user", "content": [["type": "text", "text": "1234"], ["type": "text", "text": "5"]]],
                    ["role": "assistant", "content": "678"],
                ]
            ]).estimatedPromptTokens == 13
        )
    }

    @Test func `a backend gets the caller's body with what is ours replaced`() throws {
        let text = """
            {"model":"qwen3-8b","temperature":0.70,"messages":[{"role":"developer","content":"é"}],"stream":false,\
            "max_completion_tokens":100,"user":"u","metadata":{"a":"b"},"store":false,"top_p":null,"seed":1.0,\
            "logit_bias":{"7":-1e1}}
            """
        let request = try InferenceRequest.parse(Array(text.utf8), as: .chatCompletions)
        let upstream = String(
            decoding: request.upstreamBody(model: "Qwen/Qwen3-8B", maxOutputTokens: 50),
            as: UTF8.self
        )
        #expect(
            upstream == """
                {"model":"Qwen/Qwen3-8B","stream":true,"stream_options":{"include_usage":true},"max_tokens":50,\
                "temperature":0.70,"messages":[{"role":"developer","content":"é"}],"seed":1.0,"logit_bias":{"7":-1e1}}
                """
        )
    }

    @Test func `a repetition penalty goes to the backend under both of its names`() throws {
        let request = try InferenceRequest.parse(
            Array(#"{"model":"m","messages":[{"role":"user","content":"x"}],"repetition_penalty":1.10}"#.utf8),
            as: .chatCompletions
        )
        let upstream = try JSONValue(parsing: request.upstreamBody(model: "m", maxOutputTokens: 5))
        #expect(upstream["repetition_penalty"] == .number("1.10"))
        #expect(upstream["repeat_penalty"] == .number("1.10"))
    }

    @Test func `what the sdk's helpers leave in a message does not reach the backend`() throws {
        let call =
            #"{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}","parsed_arguments":{}}}"#
        let said = #"{"role":"assistant","content":"{}","parsed":{"a":[1]},"tool_calls":[\#(call)]}"#
        let request = try InferenceRequest.parse(
            Array(#"{"model":"m","messages":[{"role":"user","content":"x"},\#(said)]}"#.utf8),
            as: .chatCompletions
        )
        let upstream = try JSONValue(parsing: request.upstreamBody(model: "m", maxOutputTokens: 5))
        let bare = #"{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}"#
        let sent = #"[{"role":"user","content":"x"},{"role":"assistant","content":"{}","tool_calls":[\#(bare)]}]"#
        #expect(try upstream["messages"] == JSONValue(parsing: Array(sent.utf8)))
    }
}
