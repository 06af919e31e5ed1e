import StrictJSON

extension InferenceRequest {
    /// Reads a chat completion: API.md, "POST /v1/chat/completions".
    init(chatCompletion body: CheckedObject, tree: JSONValue) throws(APIError) {
        try ChatParameters.refuseUnknown(body)
        let model = try SharedParameters.model(of: body)
        let stream = try body.bool("stream") ?? false
        let includeUsage = try SharedParameters.includeUsage(of: body, isStream: stream)
        let choiceCount = try body.integer("n", in: 1...8) ?? 1
        let maxOutputTokens = try ChatParameters.maxOutputTokens(of: body)
        let needsLogprobs = try ChatParameters.needsLogprobs(of: body)
        let needsStructuredOutput = try ChatParameters.needsStructuredOutput(of: body)
        try SharedParameters.checkSampling(of: body)
        try ChatParameters.checkReasoningEffort(of: body)
        try SharedParameters.checkBookkeeping(of: body)

        var messages = MessageCheck()
        try messages.check(body)
        var estimate = messages.estimate
        let hasTools = try ToolCheck.check(body)
        if hasTools, let tools = body["tools"] { estimate.addText(bytes: tools.encoded().count) }
        self.init(
            kind: .chatCompletions,
            model: model,
            stream: stream,
            includeUsage: includeUsage,
            choiceCount: choiceCount,
            maxOutputTokens: maxOutputTokens,
            needsTools: hasTools || messages.mentionsTools,
            needsStructuredOutput: needsStructuredOutput,
            needsLogprobs: needsLogprobs,
            estimatedPromptTokens: estimate.tokens,
            leastPromptTokens: messages.floor.tokens,
            tree: tree
        )
    }
}
