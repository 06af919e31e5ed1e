import StrictJSON

// What comes back from a chat completion, whole or in chunks.

extension JSONSchema {
    static let chatCompletion = answer([
        "id": completionID,
        "object": constant("chat.completion"),
        "created": count.describing("Unix seconds."),
        "model": modelID.describing("As the request named it."),
        "choices": array(
            of: answer([
                "index": integer(0...7),
                "message": answer(
                    ["role": constant("assistant"), "content": string().orNull, "refusal": string().orNull],
                    optional: ["reasoning_content": string(), "tool_calls": array(of: finalToolCall, 1 ... .max)]
                ),
                "logprobs": logprobs.orNull,
                "finish_reason": finishReason,
            ]),
            1...8
        ),
        "usage": named("Usage"),
        "decentral": named("Decentral"),
    ])

    static let chatCompletionChunk = answer(
        [
            "id": completionID,
            "object": constant("chat.completion.chunk"),
            "created": count.describing("Unix seconds."),
            "model": modelID.describing("As the request named it."),
            "choices": array(
                of: answer([
                    "index": integer(0...7),
                    "delta": answer(
                        [:],
                        optional: [
                            "role": constant("assistant"), "content": string(), "reasoning_content": string(),
                            "refusal": string(), "tool_calls": array(of: toolCallPiece, 1 ... .max),
                        ]
                    ),
                    "logprobs": logprobs.orNull,
                    "finish_reason": finishReason.orNull,
                ])
            ).describing("Empty in the last chunk."),
        ],
        optional: [
            "usage": named("Usage").orNull.describing("With `stream_options.include_usage`: null in all but the last."),
            "decentral": named("Decentral").describing("In the last chunk."),
        ]
    )

    /// A server-sent event: a chunk, the error that ends a stream, or the end of one that went well.
    static func event(of chunk: JSONSchema) -> JSONSchema {
        let content = any(of: [chunk, named("Error")]).value
        let data = string().with("if", constant("[DONE]").value)
            .with("else", ["contentMediaType": "application/json", "contentSchema": content])
        // An event that has no name is a message to every reader.
        return answer(["data": data], optional: ["event": constant("message")])
    }

    static let usage = answer(["prompt_tokens": count, "completion_tokens": count, "total_tokens": count])

    static let decentral = answer([
        "job_id": jobID, "worker": address, "credits_charged": count,
        "proof_hash": digest.describing("Of the payload of the worker's receipt."),
    ])

    private static let completionID = string(pattern: "^chatcmpl-[0-9a-hjkmnp-tv-z]{18}$")

    static let finishReason = word(["stop", "length", "tool_calls", "content_filter"])

    private static let logprobs = answer([
        "content": array(of: anyObject).orNull, "refusal": array(of: anyObject).orNull,
    ])

    private static let finalToolCall = answer([
        "id": string(), "type": constant("function"),
        "function": answer(["name": string(), "arguments": string()]),
    ])

    private static let toolCallPiece = answer(
        ["index": count, "function": answer(["arguments": string()], optional: ["name": string()])],
        optional: ["id": string(), "type": constant("function")]
    )
}
