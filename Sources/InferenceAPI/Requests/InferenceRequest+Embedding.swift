import StrictJSON

extension InferenceRequest {
    /// Most inputs of one request, as OpenAI has it.
    package static let maximumInputs = 2048

    /// Reads a request for embeddings: OpenAI's API reference, "Embeddings".
    ///
    /// It is one request to pay for, whatever the number of its inputs, and has a vector for each.
    init(embedding body: CheckedObject, tree: JSONValue) throws(APIError) {
        try body.refuseUnknown(["model", "input", "encoding_format", "dimensions", "user"])
        let model = try SharedParameters.model(of: body)
        let inputs = try PromptInput(of: body, "input", limit: Self.maximumInputs, allowsEmpty: false)
        if let format = try body.string("encoding_format"), !["float", "base64"].contains(format) {
            throw .invalidParameter("encoding_format", expected: "'float' or 'base64'")
        }
        _ = try body.integer("dimensions", in: 1...EmbeddingVector.maximumDimensions)
        try SharedParameters.checkBookkeeping(of: body)
        self.init(
            kind: .embeddings,
            model: model,
            outputCount: inputs.count,
            promptCount: inputs.count,
            promptTokenBound: inputs.tokenBound,
            estimatedPromptTokens: inputs.estimatedTokens,
            leastPromptTokens: inputs.leastTokens,
            tree: tree
        )
    }

    /// How many values a vector must have; `nil` where that is the model's to say.
    package var dimensions: Int? {
        tree["dimensions"].flatMap { $0.intValue ?? $0.doubleValue.flatMap { Int(exactly: $0) } }
    }

    /// Whether the caller wants vectors as base64 of little-endian float32 values, and not as numbers.
    var wantsBase64: Bool { tree["encoding_format"]?.stringValue == "base64" }

    /// The body that a worker sends to its backend: vectors as base64, which is a third of the numbers' length.
    func upstreamEmbedding(model: String) -> [UInt8] {
        var body: JSONObject = ["model": .string(model), "encoding_format": "base64"]
        for key in ["input", "dimensions"] {
            if let value = tree[key], !value.isNull { body.append(key, value) }
        }
        return JSONValue.object(body).encoded()
    }
}
