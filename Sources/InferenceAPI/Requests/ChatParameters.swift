import StrictJSON

/// The members of a chat completion beside its messages and tools, and beside those that other kinds have too.
///
/// Ranges are OpenAI's unless said otherwise.
enum ChatParameters {
    /// Every member that a body may have.
    ///
    /// Others are refused, not dropped: a backend's private switches must not be reachable from outside, and a
    /// caller should not believe that one was obeyed.
    static let parameters: Set<String> = [
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "temperature",
        "top_p", "stop", "frequency_penalty", "presence_penalty", "seed", "n", "logprobs", "top_logprobs",
        "logit_bias", "response_format", "tools", "tool_choice", "parallel_tool_calls", "reasoning_effort", "user",
        "metadata", "store", "top_k", "min_p", "repetition_penalty",
    ]

    /// What OpenAI has replaced, by what.
    private static let replaced = [("functions", "tools"), ("function_call", "tool_choice")]

    /// Refuses every member that is not among ``parameters``.
    static func refuseUnknown(_ body: CheckedObject) throws(APIError) {
        for (old, new) in replaced where body[old] != nil {
            throw APIError(.unknownParameter, "Unknown parameter: '\(old)'. It was replaced by '\(new)'.", param: old)
        }
        try body.refuseUnknown(parameters)
    }

    static func maxOutputTokens(of body: CheckedObject) throws(APIError) -> Int? {
        let expected = "a positive integer"
        let old = try body.integer("max_tokens", in: 1...SharedParameters.highestTokenLimit, expected)
        let new = try body.integer("max_completion_tokens", in: 1...SharedParameters.highestTokenLimit, expected)
        if let old, let new, old != new {
            throw .invalidParameter(
                "max_tokens",
                rule: "'max_tokens' and 'max_completion_tokens' are one limit and must not differ."
            )
        }
        return new ?? old
    }

    static func needsLogprobs(of body: CheckedObject) throws(APIError) -> Bool {
        let logprobs = try body.bool("logprobs") ?? false
        if try body.integer("top_logprobs", in: 0...20) != nil, !logprobs {
            throw .invalidParameter("top_logprobs", rule: "'top_logprobs' is only allowed when 'logprobs' is true.")
        }
        return logprobs
    }

    static func needsStructuredOutput(of body: CheckedObject) throws(APIError) -> Bool {
        guard let format = try body.object("response_format") else { return false }
        let type = try format.requiredString("type")
        switch type {
        case "text", "json_object":
            try format.refuseUnknown(["type"])
        case "json_schema":
            try format.refuseUnknown(["type", "json_schema"])
            let schema = try format.requiredObject("json_schema")
            try schema.refuseUnknown(["name", "description", "schema", "strict"])
            _ = try schema.requiredName("name")
            _ = try schema.string("description")
            _ = try schema.object("schema")
            _ = try schema.bool("strict")
        default:
            throw .invalidParameter(
                format.param("type"),
                expected: "'text', 'json_object' or 'json_schema'"
            )
        }
        return type != "text"
    }

    static func checkReasoningEffort(of body: CheckedObject) throws(APIError) {
        if let effort = try body.string("reasoning_effort"),
            !["none", "minimal", "low", "medium", "high", "xhigh", "max"].contains(effort)
        {
            throw .invalidParameter(
                "reasoning_effort",
                expected: "'none', 'minimal', 'low', 'medium', 'high', 'xhigh' or 'max'"
            )
        }
    }
}
