import InferenceAPI
import StrictJSON

// Chat completions, in OpenAI's shapes. What a request may be is what `InferenceAPI` takes: a test holds one to the other.

extension JSONSchema {
    static let chatCompletionRequest = request(
        required: [
            "model": modelID.describing("The id of a model, as `GET /v1/models` lists it."),
            "messages": array(of: named("Message"), 1 ... .max),
        ],
        optional: [
            "stream": boolean.byDefault(false),
            "stream_options": request(optional: ["include_usage": boolean]),
            "max_tokens": outputLimit,
            "max_completion_tokens": outputLimit.describing("The same as `max_tokens`; they must not differ."),
            "n": integer(1...8).byDefault(1),
            "temperature": number(0...2),
            "top_p": number(0...1),
            "stop": any(of: [string(1 ... .max), array(of: string(1 ... .max), 0...4)]),
            "frequency_penalty": number(-2...2),
            "presence_penalty": number(-2...2),
            "seed": integer(.min ... .max),
            "top_k": integer(-1...Int(Int32.max)),
            "min_p": number(0...1),
            "repetition_penalty": number(above: 0...2),
            "logprobs": boolean,
            "top_logprobs": integer(0...20),
            "logit_bias": map(to: number(-100...100), keys: string(pattern: "^[0-9]{1,10}$"), limit: 1024),
            "response_format": responseFormat,
            "tools": array(of: named("Tool"), 1...128),
            "tool_choice": toolChoice,
            "parallel_tool_calls": boolean,
            "reasoning_effort": word(["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
            "user": string().describing("Reaches the worker with the rest of the body."),
            "metadata": map(to: string(0...512), keys: string(0...64), limit: 16)
                .describing("Reaches the worker with the rest of the body."),
            "store": constant(false).describing("The network keeps no prompts or answers."),
        ]
    ).obeying([
        rule(where: "stream_options", needs: "stream", constant(true)),
        rule(where: "top_logprobs", needs: "logprobs", constant(true)),
        rule(where: "tool_choice", needs: "tools", JSONSchema(["type": "array"])),
        rule(where: "parallel_tool_calls", needs: "tools", JSONSchema(["type": "array"])),
    ])

    private static let outputLimit = integer(1...(1 << 24))
        .describing("Output tokens of each choice, that of the context window at most.")

    private static let responseFormat = any(of: [
        request(required: ["type": word(["text", "json_object"])]),
        request(required: [
            "type": constant("json_schema"),
            "json_schema": request(
                required: ["name": name],
                optional: ["description": string(), "schema": anyObject, "strict": boolean]
            ),
        ]),
    ])

    static let tool = request(required: [
        "type": constant("function"),
        "function": request(
            required: ["name": name],
            optional: ["description": string(), "parameters": anyObject, "strict": boolean]
        ),
    ])

    private static let toolChoice = any(of: [
        word(["none", "auto", "required"]),
        request(required: ["type": constant("function"), "function": request(required: ["name": name])])
            .describing("One of the `tools`."),
    ])
}

// MARK: - Messages

extension JSONSchema {
    static let message = any(of: [
        request(
            required: ["role": word(["system", "developer", "user"]), "content": content(of: [textPart])],
            optional: ["name": string()]
        ),
        assistantMessage,
        request(
            required: [
                "role": constant("tool"), "content": content(of: [textPart]), "tool_call_id": string(1 ... .max),
            ],
            optional: ["name": string()]
        ),
    ])

    /// What a caller got may be sent back whole; an answer without text has something else to say.
    private static let assistantMessage = request(
        required: ["role": constant("assistant")],
        optional: [
            "content": content(of: [textPart, refusalPart]),
            "refusal": string(),
            "reasoning_content": string(),
            "tool_calls": array(of: toolCall, 1...OutputAccumulator.maximumToolCalls),
            "name": string(),
            "audio": nothing,
            "function_call": nothing,
            "annotations": JSONSchema(["type": "array", "maxItems": 0]),
            "parsed": JSONSchema([:]).describing("An SDK's own; passed over."),
        ]
    ).obeying([
        any(of: [
            present("content", content(of: [textPart, refusalPart])),
            present("refusal", string()),
            present("tool_calls", JSONSchema(["type": "array"])),
        ])
    ])

    private static let nothing = JSONSchema(["type": "null"])

    private static func content(of parts: [JSONSchema]) -> JSONSchema {
        any(of: [string(), array(of: parts.count == 1 ? parts[0] : any(of: parts), 1 ... .max)])
    }

    private static let textPart = request(required: ["type": constant("text"), "text": string()])

    private static let refusalPart = request(required: ["type": constant("refusal"), "refusal": string()])

    private static let toolCall = request(
        required: [
            "id": string(),
            "type": constant("function"),
            "function": request(
                required: ["name": name, "arguments": string()],
                optional: [
                    "parsed_arguments": JSONSchema([:]).describing("An SDK's own; passed over.")
                ]
            ),
        ],
        optional: ["index": integer(0...(OutputAccumulator.maximumToolCalls - 1))]
    )
}
