/// What a settled job made, before it has the shape of any kind's answer.
package struct FinishedAnswer: Sendable {
    /// Ordered by index.
    package var choices: [FinalChoice]
    /// Over all choices.
    package var usage: TokenUsage
    /// What only this network knows.
    package var decentral: DecentralObject

    package init(choices: [FinalChoice], usage: TokenUsage, decentral: DecentralObject) {
        self.choices = choices
        self.usage = usage
        self.decentral = decentral
    }

    /// The answer as one JSON body, in the shape that the request's kind has.
    ///
    /// - Parameters:
    ///   - request: What was asked.
    ///   - jobID: Names the answer.
    ///   - created: Unix time of the request, in seconds.
    /// - Returns: The body, without a line end.
    package func body(for request: InferenceRequest, jobID: JobID, created: Int) -> [UInt8] {
        let id = jobID.answerID(of: request.kind)
        return switch request.kind {
        case .chatCompletions: ChatRenderer.render(id: id, model: request.model, created: created, answer: self)
        case .embeddings: EmbeddingRenderer.render(request, answer: self)
        case .completions:
            CompletionRenderer.render(id: id, model: request.model, created: created, answer: self)
        case .responses: ResponsesRenderer.render(id: id, request: request, created: created, answer: self)
        }
    }
}
