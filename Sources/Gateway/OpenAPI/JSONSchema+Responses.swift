import InferenceAPI
import StrictJSON

// Requests of the Responses API, in OpenAI's shapes. What one may be is what `InferenceAPI` takes: a test holds one to
// the other.

extension JSONSchema {
    static let responsesRequest = request(
        required: [
            "model": modelID.describing("The id of a model, as `GET /v1/models` lists it."),
            "input": any(of: [string(), array(of: named("InputItem"), 1 ... .max)]),
        ],
        optional: [
            "instructions": string().describing("Goes before the input as a system message."),
            "max_output_tokens": integer(1...(1 << 24)).describing("That of the context window at most."),
            "stream": boolean.byDefault(false),
            "stream_options": request(optional: ["include_obfuscation": constant(false)]),
            "temperature": number(0...2),
            "top_p": number(0...1),
            "top_k": integer(-1...Int(Int32.max)),
            "min_p": number(0...1),
            "repetition_penalty": number(above: 0...2),
            "include": array(of: constant("message.output_text.logprobs"), 0...8),
            "top_logprobs": integer(0...20),
            "text": request(optional: ["format": textFormat, "verbosity": constant("medium")]),
            "tools": array(of: named("FunctionTool"), 0...128),
            "tool_choice": functionChoice,
            "parallel_tool_calls": boolean,
            "reasoning": request(optional: [
                "effort": word(["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
                "summary": nothing, "generate_summary": nothing,
            ]),
            "user": string().describing("Reaches the worker with the rest of the body."),
            "safety_identifier": string().describing("Reaches the worker with the rest of the body."),
            "prompt_cache_key": string().describing("Reaches the worker with the rest of the body."),
            "metadata": map(to: string(0...512), keys: string(0...64), limit: 16)
                .describing("Reaches the worker with the rest of the body."),
            "store": constant(false).describing("The network keeps no prompts or answers."),
            "background": constant(false),
            "truncation": constant("disabled"),
            "service_tier": word(["auto", "default"]),
            "previous_response_id": nothing,
            "conversation": nothing,
            "prompt": nothing,
            "max_tool_calls": nothing,
        ]
    ).obeying([
        rule(where: "stream_options", needs: "stream", constant(true)),
        any(of: [
            JSONSchema([
                "type": "object", "properties": ["top_logprobs": ["type": ["integer", "null"], "maximum": 0]],
            ]),
            present("include", JSONSchema(["type": "array", "minItems": 1])),
        ]),
        any(of: [
            JSONSchema(["type": "object", "properties": ["tool_choice": ["enum": ["none", "auto", .null]]]]),
            present("tools", JSONSchema(["type": "array", "minItems": 1])),
        ]),
    ])

    private static let textFormat = any(of: [
        request(required: ["type": word(["text", "json_object"])]),
        request(
            required: ["type": constant("json_schema"), "name": name, "schema": anyObject],
            optional: ["description": string(), "strict": boolean]
        ),
    ])

    static let functionTool = request(
        required: ["type": constant("function"), "name": name],
        optional: ["description": string(), "parameters": anyObject, "strict": boolean]
    )

    private static let functionChoice = any(of: [
        word(["none", "auto", "required"]),
        request(required: ["type": constant("function"), "name": name]).describing("One of the `tools`."),
    ])

    private static let nothing = JSONSchema(["type": "null"])
}

// MARK: - Items

extension JSONSchema {
    static let inputItem = any(of: [
        request(
            required: ["role": word(["system", "developer", "user"]), "content": parts([inputText])],
            optional: ["type": constant("message"), "id": string(), "status": itemStatus, "phase": nothing]
        ),
        request(
            required: ["role": constant("assistant"), "content": parts([inputText, outputText, refusal])],
            optional: ["type": constant("message"), "id": string(), "status": itemStatus, "phase": nothing]
        ),
        request(
            required: ["type": constant("reasoning")],
            optional: [
                "id": string(), "status": itemStatus, "encrypted_content": nothing,
                "summary": array(of: text("summary_text")), "content": array(of: text("reasoning_text")),
            ]
        ),
        request(
            required: [
                "type": constant("function_call"), "call_id": string(1 ... .max), "name": name, "arguments": string(),
            ],
            optional: ["id": string(), "status": itemStatus]
        ),
        request(
            required: [
                "type": constant("function_call_output"), "call_id": string(1 ... .max), "output": parts([inputText]),
            ],
            optional: ["id": string(), "status": itemStatus]
        ),
    ])

    private static let itemStatus = word(["in_progress", "completed", "incomplete"])

    private static func parts(_ kinds: [JSONSchema]) -> JSONSchema {
        any(of: [string(), array(of: kinds.count == 1 ? kinds[0] : any(of: kinds), 1 ... .max)])
    }

    private static func text(_ type: String) -> JSONSchema {
        request(required: ["type": constant(.string(type)), "text": string()])
    }

    private static let inputText = text("input_text")

    private static let outputText = request(
        required: ["type": constant("output_text"), "text": string()],
        optional: [
            "annotations": JSONSchema(["type": "array", "maxItems": 0]), "logprobs": JSONSchema(["type": "array"]),
        ]
    )

    private static let refusal = request(required: ["type": constant("refusal"), "refusal": string()])
}

// MARK: - Answers

extension JSONSchema {
    static let response = answer([
        "id": string(pattern: "^resp_[0-9a-hjkmnp-tv-z]{18}$"),
        "object": constant("response"),
        "created_at": count.describing("Unix seconds."),
        "status": word(["completed", "incomplete", "cancelled"]),
        "error": nothing,
        "incomplete_details": answer(["reason": word(["max_output_tokens", "content_filter"])]).orNull,
        "model": modelID.describing("As the request named it."),
        "output": array(of: named("OutputItem"), 1 ... .max),
        "background": constant(false),
        "instructions": string().orNull,
        "max_output_tokens": count.orNull,
        "metadata": anyObject,
        "parallel_tool_calls": boolean,
        "previous_response_id": nothing,
        "prompt_cache_key": string().orNull,
        "reasoning": answer(["effort": string().orNull, "summary": nothing]),
        "safety_identifier": string().orNull,
        "service_tier": constant("default"),
        "store": constant(false),
        "temperature": number(0...2).orNull,
        "text": answer(["format": anyObject], optional: ["verbosity": constant("medium")]),
        "tool_choice": functionChoice,
        "tools": array(of: named("FunctionTool")),
        "top_logprobs": integer(0...20),
        "top_p": number(0...1).orNull,
        "truncation": constant("disabled"),
        "user": string().orNull,
        "usage": answer([
            "input_tokens": count,
            "input_tokens_details": answer(["cached_tokens": count, "cache_write_tokens": count]),
            "output_tokens": count,
            "output_tokens_details": answer(["reasoning_tokens": count]),
            "total_tokens": count,
        ]),
        "decentral": named("Decentral"),
    ])

    static let outputItem = any(of: [
        answer([
            "id": string(), "type": constant("reasoning"), "status": itemStatus, "summary": array(of: anyObject),
            "content": array(of: answer(["type": constant("reasoning_text"), "text": string()])),
        ]),
        answer([
            "id": string(), "type": constant("message"), "role": constant("assistant"), "status": itemStatus,
            "content": array(
                of: any(of: [
                    answer([
                        "type": constant("output_text"), "text": string(), "annotations": array(of: anyObject),
                        "logprobs": array(of: anyObject),
                    ]),
                    answer(["type": constant("refusal"), "refusal": string()]),
                ])
            ),
        ]),
        answer([
            "id": string(), "type": constant("function_call"), "status": itemStatus, "call_id": string(),
            "name": string(), "arguments": string(),
        ]),
    ])

    /// A server-sent event: its name is the type of its data, and each type has members of its own.
    static let responseEvent = answer([
        "event": string(pattern: #"^(response\.[a-z_.]+|error)$"#),
        "data": string().with("contentMediaType", "application/json").with(
            "contentSchema",
            answer(
                ["type": string(), "sequence_number": count],
                optional: ["response": anyObject.describing("The response as it stands.")]
            ).with("additionalProperties", true).value
        ),
    ])
}
