import InferenceAPI
package import StrictJSON

/// The texts of a chat completion stream, as an OpenAI-compatible server sends them.
package enum CompletionScript {
    /// One event: `data: {…}` and an empty line.
    package static func event(_ json: JSONValue) -> [UInt8] {
        Array("data: ".utf8) + json.encoded() + Array("\n\n".utf8)
    }

    /// A chunk with one choice's delta.
    package static func chunk(_ delta: JSONObject, choice: Int = 0, finish: String? = nil) -> [UInt8] {
        event([
            "id": "chatcmpl-test", "object": "chat.completion.chunk", "created": 1_750_000_000, "model": "test",
            "choices": [
                [
                    "index": .integer(choice), "delta": .object(delta),
                    "finish_reason": finish.map(JSONValue.string) ?? .null,
                ]
            ],
        ])
    }

    /// The first chunk of a choice, which has its role and no text.
    package static func role(choice: Int = 0) -> [UInt8] {
        chunk(["role": "assistant", "content": .null], choice: choice)
    }

    package static func text(_ text: String, choice: Int = 0) -> [UInt8] {
        chunk(["content": .string(text)], choice: choice)
    }

    package static func finish(_ reason: String = "stop", choice: Int = 0) -> [UInt8] {
        chunk([:], choice: choice, finish: reason)
    }

    /// A fragment of a tool call; without `id` as some servers send it.
    package static func toolCall(index: Int = 0, id: String? = nil, name: String? = nil, arguments: String) -> [UInt8] {
        var function: JSONObject = ["arguments": .string(arguments)]
        if let name { function["name"] = .string(name) }
        var call: JSONObject = ["index": .integer(index), "type": "function", "function": .object(function)]
        if let id { call["id"] = .string(id) }
        return chunk(["tool_calls": [.object(call)]])
    }

    /// The last chunk of a stream that was asked for usage.
    package static func usage(prompt: Int, completion: Int) -> [UInt8] {
        event([
            "id": "chatcmpl-test", "object": "chat.completion.chunk", "created": 1_750_000_000, "model": "test",
            "choices": [],
            "usage": [
                "prompt_tokens": .integer(prompt), "completion_tokens": .integer(completion),
                "total_tokens": .integer(prompt + completion),
            ],
        ])
    }

    /// An error inside a stream.
    package static func error(status: Int, message: String) -> [UInt8] {
        event(["error": ["code": .integer(status), "message": .string(message), "type": "server_error"]])
    }

    package static let done = Array("data: [DONE]\n\n".utf8)

    package static let comment = Array(": still here\n\n".utf8)

    /// A whole stream of one choice: a chunk for each piece of text, the finish reason, usage, the end.
    package static func stream(_ pieces: [String], finish reason: String = "stop", promptTokens: Int = 3) -> [[UInt8]] {
        [role()] + pieces.map { text($0) }
            + [finish(reason), usage(prompt: promptTokens, completion: pieces.count), done]
    }
}
