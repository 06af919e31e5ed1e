import InferenceAPI

extension CatalogueModel {
    /// Refuses a request that no context of this model can hold, before anything is locked for it.
    ///
    /// Whether the rest fits is for the tokenizer to say, which a backend alone has; its refusal is the same error.
    ///
    /// - Throws: ``APIError``: 400 `context_length_exceeded`.
    func checkContext(of request: InferenceRequest) throws(APIError) {
        guard request.leastPromptTokens < contextWindow else {
            throw .contextLengthExceeded(contextWindow: contextWindow, param: request.kind.promptParameter)
        }
        if let limit = request.maxOutputTokens, limit > contextWindow {
            throw .contextLengthExceeded(contextWindow: contextWindow, param: request.limitParameter)
        }
    }
}
