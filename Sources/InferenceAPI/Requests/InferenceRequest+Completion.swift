import StrictJSON

extension InferenceRequest {
    /// Most choices of one completion over all its prompts; each is charged as a request of its own.
    package static let maximumCompletionChoices = 32
    /// What OpenAI takes as the limit of output where none is given, in tokens.
    package static let defaultCompletionTokens = 16

    /// Every member that a body may have; see ``ChatParameters/parameters``.
    private static let completionParameters: Set<String> = [
        "model", "prompt", "stream", "stream_options", "max_tokens", "temperature", "top_p", "stop",
        "frequency_penalty", "presence_penalty", "seed", "n", "best_of", "echo", "suffix", "logprobs", "logit_bias",
        "user", "top_k", "min_p", "repetition_penalty",
    ]

    /// Reads a completion of before the chats: OpenAI's API reference, "Completions".
    ///
    /// Each of its prompts has `n` choices: choice index = place of the prompt × n + place of the choice.
    init(completion body: CheckedObject, tree: JSONValue) throws(APIError) {
        try body.refuseUnknown(Self.completionParameters)
        let model = try SharedParameters.model(of: body)
        let stream = try body.bool("stream") ?? false
        let includeUsage = try SharedParameters.includeUsage(of: body, isStream: stream)
        let limit = try body.integer("max_tokens", in: 1...SharedParameters.highestTokenLimit, "a positive integer")
        let prompts = try PromptInput(of: body, "prompt", limit: Self.maximumCompletionChoices)
        let choicesOfPrompt = try body.integer("n", in: 1...8) ?? 1
        guard prompts.count * choicesOfPrompt <= Self.maximumCompletionChoices else {
            throw .invalidParameter(
                "n",
                rule: "\(prompts.count) prompts with 'n' \(choicesOfPrompt) are more than"
                    + " \(Self.maximumCompletionChoices) choices; send them in several requests."
            )
        }
        try Self.refuseUnserved(body, choicesOfPrompt: choicesOfPrompt)
        try SharedParameters.checkSampling(of: body)
        try SharedParameters.checkBookkeeping(of: body)
        self.init(
            kind: .completions,
            model: model,
            stream: stream,
            includeUsage: includeUsage,
            choiceCount: prompts.count * choicesOfPrompt,
            promptCount: prompts.count,
            maxOutputTokens: limit ?? Self.defaultCompletionTokens,
            needsLogprobs: try body.integer("logprobs", in: 0...5) != nil,
            estimatedPromptTokens: prompts.estimatedTokens,
            leastPromptTokens: prompts.leastTokens,
            tree: tree
        )
    }

    /// Refuses what open-weight servers pass over in silence or do not know: a caller must not believe it was done.
    private static func refuseUnserved(_ body: CheckedObject, choicesOfPrompt: Int) throws(APIError) {
        if try body.bool("echo") == true {
            throw .unsupportedFeature("'echo' is not supported: put the prompt before the answer.", param: "echo")
        }
        if let suffix = try body.string("suffix"), !suffix.isEmpty {
            throw .unsupportedFeature("'suffix' is not supported.", param: "suffix")
        }
        guard let candidates = try body.integer("best_of", in: 1...20) else { return }
        if candidates < choicesOfPrompt {
            throw .invalidParameter("best_of", expected: "at least 'n', which is \(choicesOfPrompt)")
        }
        guard candidates == choicesOfPrompt else {
            throw .unsupportedFeature(
                "'best_of' above 'n' is not supported: ask for that many choices and take the best.",
                param: "best_of"
            )
        }
    }
}
