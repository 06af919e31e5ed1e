import StrictJSON

extension InferenceRequest {
    /// Members that a backend does not get as the caller wrote them.
    private static let rewritten: Set<String> = [
        "model", "stream", "stream_options", "max_tokens", "max_completion_tokens",
        // About the caller, and no business of the machine that runs the model.
        "user", "metadata", "store",
        // Of a completion: only values are taken that ask for nothing, and not every server takes those.
        "best_of", "echo", "suffix",
    ]

    /// The body that a worker sends to its backend.
    ///
    /// Always a stream with usage, whatever the caller wants: a plain answer is rendered from the same deltas. The
    /// limit goes out once, as `max_tokens`, which every server knows. All else stands as the caller wrote it, to the
    /// digits of its numbers, but the repetition penalty goes out under both of its names: vLLM and SGLang know
    /// `repetition_penalty`, llama.cpp and LM Studio `repeat_penalty`, and each passes over the other's. Members that
    /// are null are left out, because not every server takes them, and so are ``HelperNotes``. A request of the kind ``RequestKind/responses`` goes
    /// out as the chat completion that asks the same.
    ///
    /// - Parameters:
    ///   - model: What the backend calls the model.
    ///   - maxOutputTokens: For each choice: the offer's, which may be below the caller's.
    /// - Returns: JSON.
    package func upstreamBody(model: String, maxOutputTokens: Int) -> [UInt8] {
        // Vectors come whole, and nothing limits them.
        if kind == .embeddings { return upstreamEmbedding(model: model) }
        var body: JSONObject = [
            "model": .string(model),
            "stream": true,
            "stream_options": ["include_usage": true],
            "max_tokens": .integer(maxOutputTokens),
        ]
        let asked = responses?.chat ?? tree.objectValue ?? [:]
        for (key, value) in asked.members where !Self.rewritten.contains(key) && !value.isNull {
            body.append(key, key == "messages" ? HelperNotes.removed(from: value) : value)
            if key == "repetition_penalty" { body.append("repeat_penalty", value) }
        }
        return JSONValue.object(body).encoded()
    }
}
