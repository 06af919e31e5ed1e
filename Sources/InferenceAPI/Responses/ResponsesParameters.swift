import StrictJSON

/// The members of a Responses body beside its input, its tools and its text format.
///
/// Ranges are OpenAI's.
enum ResponsesParameters {
    /// What goes to the backend as it stands; the last three are not OpenAI's, but what open-weight servers share.
    static let sampling = ["temperature", "top_p", "top_k", "min_p", "repetition_penalty"]

    /// Every member that a body may have; others are refused, not dropped, as for a chat completion.
    private static let known: Set<String> = [
        "model", "input", "instructions", "max_output_tokens", "stream", "stream_options", "tools", "tool_choice",
        "parallel_tool_calls", "text", "reasoning", "metadata", "user", "safety_identifier", "prompt_cache_key",
        "store", "background", "include", "truncation", "top_logprobs", "service_tier",
    ]

    /// Members of OpenAI's that no network without a memory, and no backend of chat completions, can honour.
    private static let unsupported: [(key: String, why: String)] = [
        ("previous_response_id", "the network keeps no responses, so send the whole conversation as 'input'"),
        ("conversation", "the network keeps no conversations, so send the whole conversation as 'input'"),
        ("prompt", "the network keeps no prompt templates, so send the text as 'instructions' and 'input'"),
        ("max_tool_calls", "it counts calls of built-in tools, and there are none"),
    ]

    static func refuseOthers(_ body: CheckedObject) throws(APIError) {
        for (key, why) in unsupported where body[key] != nil {
            throw .unsupportedFeature("'\(key)' is not supported: \(why).", param: key)
        }
        try body.refuseUnknown(known.union(sampling).union(unsupported.map(\.key)))
        if try body.bool("background") == true {
            throw .unsupportedFeature(
                "'background' must be false: the network keeps no responses to be fetched later.",
                param: "background"
            )
        }
        if let truncation = try body.choice("truncation", of: ["disabled", "auto"]), truncation == "auto" {
            throw .unsupportedFeature("'truncation' must be 'disabled': no input is dropped.", param: "truncation")
        }
        let tiers = ["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]
        if let tier = try body.choice("service_tier", of: tiers), !["auto", "default"].contains(tier) {
            throw .unsupportedFeature("'service_tier' must be 'auto' or 'default'.", param: "service_tier")
        }
    }

    static func checkStreamOptions(of body: CheckedObject, isStream: Bool) throws(APIError) {
        guard let options = try body.object("stream_options") else { return }
        guard isStream else {
            throw .invalidParameter("stream_options", rule: "'stream_options' is only allowed when 'stream' is true.")
        }
        try options.refuseUnknown(["include_obfuscation"])
        if try options.bool("include_obfuscation") == true {
            throw .unsupportedFeature(
                "'stream_options.include_obfuscation' must be false: events are not padded.",
                param: "stream_options.include_obfuscation"
            )
        }
    }

    /// Checks the sampling, and what is about the caller and not about the model.
    static func checkBookkeeping(of body: CheckedObject) throws(APIError) {
        try SharedParameters.checkSampling(of: body)
        try SharedParameters.checkBookkeeping(of: body)
        _ = try body.string("safety_identifier")
        _ = try body.string("prompt_cache_key")
    }

    /// Whether `include` asks for the probabilities of tokens, the one thing in it that is there to be had.
    static func needsLogprobs(of body: CheckedObject) throws(APIError) -> Bool {
        var wanted = false
        if body["include"] != [] {
            for (path, value) in try body.elements("include", limit: 8) ?? [] {
                guard let name = value.stringValue, includable.contains(name) else {
                    throw .invalidParameter(path, expected: "the name of something to include")
                }
                guard name == "message.output_text.logprobs" else {
                    throw .unsupportedFeature("'\(name)' cannot be included: no answer has it.", param: path)
                }
                wanted = true
            }
        }
        if let count = try body.integer("top_logprobs", in: 0...20), count > 0, !wanted {
            throw .invalidParameter(
                "top_logprobs",
                rule: "'top_logprobs' is only allowed when 'include' has 'message.output_text.logprobs'."
            )
        }
        return wanted
    }

    private static let includable: Set<String> = [
        "message.output_text.logprobs", "reasoning.encrypted_content", "file_search_call.results",
        "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url",
        "computer_call_output.output.image_url", "code_interpreter_call.outputs",
    ]

    static func reasoningEffort(of body: CheckedObject) throws(APIError) -> String? {
        guard let reasoning = try body.object("reasoning") else { return nil }
        try reasoning.refuseUnknown(["effort", "summary", "generate_summary"])
        for key in ["summary", "generate_summary"] where reasoning[key] != nil {
            throw .unsupportedFeature(
                "'\(reasoning.param(key))' is not supported: reasoning comes whole, and is not summarized.",
                param: reasoning.param(key)
            )
        }
        return try reasoning.choice("effort", of: ["none", "minimal", "low", "medium", "high", "xhigh", "max"])
    }

    /// The members of a response that repeat its request, each with the default that held where the caller was silent.
    ///
    /// What the backend decided (`temperature`, `top_p`) is null then.
    static func echo(
        of body: CheckedObject,
        effort: String?,
        text: ResponsesTextFormat,
        tools: ResponsesTools
    ) -> JSONObject {
        func value(_ key: String, or fallback: JSONValue = .null) -> JSONValue { body[key] ?? fallback }
        return [
            "background": false,
            "instructions": value("instructions"),
            "max_output_tokens": value("max_output_tokens"),
            "metadata": value("metadata", or: [:]),
            "parallel_tool_calls": value("parallel_tool_calls", or: true),
            "previous_response_id": .null,
            "prompt_cache_key": value("prompt_cache_key"),
            "reasoning": ["effort": effort.map(JSONValue.string) ?? .null, "summary": .null],
            "safety_identifier": value("safety_identifier"),
            "service_tier": "default",
            "store": false,
            "temperature": value("temperature"),
            "text": text.echo,
            "tool_choice": value("tool_choice", or: "auto"),
            "tools": .array(tools.echo),
            "top_logprobs": value("top_logprobs", or: 0),
            "top_p": value("top_p"),
            "truncation": "disabled",
            "user": value("user"),
        ]
    }
}

extension CheckedObject {
    /// A string that is one of a few.
    func choice(_ key: String, of choices: [String]) throws(APIError) -> String? {
        guard let value = try string(key) else { return nil }
        guard choices.contains(value) else {
            let listed = choices.dropLast().map { "'\($0)'" }.joined(separator: ", ")
            throw .invalidParameter(param(key), expected: "\(listed) or '\(choices[choices.count - 1])'")
        }
        return value
    }
}
