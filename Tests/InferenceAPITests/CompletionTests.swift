import StrictJSON
import Testing

@testable import InferenceAPI

@Suite struct CompletionTests {
    private func parse(_ members: JSONObject) throws -> InferenceRequest {
        var body: JSONObject = ["model": "qwen3-8b", "prompt": "Once upon a time"]
        for (key, value) in members.members { body[key] = value }
        return try InferenceRequest.parse(JSONValue.object(body).encoded(), as: .completions)
    }

    @Test func `a bare prompt is one choice of 16 tokens`() throws {
        let request = try parse([:])
        #expect(request.kind == .completions)
        #expect(request.choiceCount == 1)
        #expect(request.promptCount == 1)
        #expect(request.maxOutputTokens == 16)
        #expect(!request.stream)
        #expect(!request.needsLogprobs)
        #expect(request.estimatedPromptTokens == 7)
    }

    @Test(
        arguments: [
            ("one", 1), (["one", "two", "three"], 3), ([1, 2, 3], 1), ([[1, 2], [3]], 2), ("", 1),
        ] as [(JSONValue, Int)]
    )
    func `a prompt is a text, token ids, or several of either`(prompt: JSONValue, count: Int) throws {
        let request = try parse(["prompt": prompt, "n": 2])
        #expect(request.promptCount == count)
        #expect(request.choiceCount == 2 * count)
    }

    @Test func `the longest prompt alone is what must fit`() throws {
        let request = try parse(["prompt": ["twelve bytes", "four"]])
        #expect(request.estimatedPromptTokens == 7)
        #expect(request.leastPromptTokens == 1)
        #expect(try parse(["prompt": ["a b c d e f g h", "four"]]).leastPromptTokens == 2)
        #expect(try parse(["prompt": [[1, 2, 3], [4]]]).leastPromptTokens == 3)
    }

    @Test(
        arguments: [
            (["prompt": .null], "missing_parameter", "prompt"),
            (["prompt": 7], "invalid_parameter", "prompt"),
            (["prompt": []], "invalid_parameter", "prompt"),
            (["prompt": ["a", 1]], "invalid_parameter", "prompt.[1]"),
            (["prompt": ["a", [1]]], "invalid_parameter", "prompt.[1]"),
            (["prompt": [1, "a"]], "invalid_parameter", "prompt.[1]"),
            (["prompt": [[1], "a"]], "invalid_parameter", "prompt.[1]"),
            (["prompt": [[1], []]], "invalid_parameter", "prompt.[1]"),
            (["prompt": [[1, -2]]], "invalid_parameter", "prompt.[0].[1]"),
            (["prompt": .array(Array(repeating: "a", count: 33))], "invalid_parameter", "prompt"),
            (["prompt": .array(Array(repeating: "a", count: 17)), "n": 2], "invalid_parameter", "n"),
            (["n": 9], "invalid_parameter", "n"),
            (["max_tokens": 0], "invalid_parameter", "max_tokens"),
            (["max_completion_tokens": 5], "unknown_parameter", "max_completion_tokens"),
            (["messages": []], "unknown_parameter", "messages"),
            (["logprobs": 6], "invalid_parameter", "logprobs"),
            (["logprobs": true], "invalid_parameter", "logprobs"),
            (["echo": true], "unsupported_feature", "echo"),
            (["suffix": " end"], "unsupported_feature", "suffix"),
            (["best_of": 2], "unsupported_feature", "best_of"),
            (["best_of": 1, "n": 2], "invalid_parameter", "best_of"),
            (["stop": ["a", "b", "c", "d", "e"]], "invalid_parameter", "stop"),
            (["temperature": .number("2.1")], "invalid_parameter", "temperature"),
            (["stream_options": ["include_usage": true]], "invalid_parameter", "stream_options"),
            (["cache_prompt": false], "unknown_parameter", "cache_prompt"),
        ] as [(JSONObject, String, String)]
    )
    func `what is wrong is refused by its name`(members: JSONObject, code: String, param: String) throws {
        let error = try #require(throws: APIError.self) { _ = try parse(members) }
        #expect(error.code.rawValue == code)
        #expect(error.param == param)
        #expect(error.status == 400)
    }

    @Test func `the backend gets a stream and none of what asks for nothing`() throws {
        let request = try parse([
            "prompt": ["a", "b"], "n": 2, "best_of": 2, "echo": false, "suffix": "", "logprobs": 0, "user": "u",
            "temperature": .number("0.10"), "stop": "x",
        ])
        let upstream = try JSONValue(parsing: request.upstreamBody(model: "m", maxOutputTokens: 9))
        #expect(
            upstream == [
                "model": "m", "stream": true, "stream_options": ["include_usage": true], "max_tokens": 9,
                "prompt": ["a", "b"], "n": 2, "logprobs": 0, "temperature": .number("0.10"), "stop": "x",
            ]
        )
        #expect(request.needsLogprobs)
    }

    @Test func `no error and no description shows the prompt`() throws {
        let request = try parse(["prompt": "open sesame"])
        #expect(!String(reflecting: request).contains("sesame"))
        let error = try #require(throws: APIError.self) { _ = try parse(["prompt": ["open sesame", 1]]) }
        #expect(!String(decoding: error.body, as: UTF8.self).contains("sesame"))
    }
}
