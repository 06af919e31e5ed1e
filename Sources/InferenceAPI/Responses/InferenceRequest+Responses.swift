import StrictJSON

extension InferenceRequest {
    /// Reads a request of the Responses API: docs/api.md, "Responses".
    init(responses body: CheckedObject, tree: JSONValue) throws(APIError) {
        let request = try ResponsesRequest(body)
        self.init(
            kind: .responses,
            model: request.model,
            stream: request.stream,
            includeUsage: true,
            maxOutputTokens: request.maxOutputTokens,
            needsTools: request.needsTools,
            needsStructuredOutput: request.needsStructuredOutput,
            needsLogprobs: request.needsLogprobs,
            estimatedPromptTokens: request.estimatedPromptTokens,
            leastPromptTokens: request.leastPromptTokens,
            tree: tree,
            responses: request
        )
    }
}
