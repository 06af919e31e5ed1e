/// A tool call with all its pieces joined.
package struct FinalToolCall: Sendable, Equatable {
    package var id: String
    /// The function's name.
    package var name: String
    /// JSON text, as the model wrote it: it may be malformed.
    package var arguments: String

    package init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// A choice with all its deltas joined: what a plain answer shows and an output digest covers.
package struct FinalChoice: Sendable, Equatable {
    package var index: Int
    package var content: String
    package var reasoningContent: String
    package var refusal: String
    /// Ordered by their index in the stream.
    package var toolCalls: [FinalToolCall]
    /// The joined `logprobs` object as JSON text, empty if there was none; no digest covers it.
    package var logprobs: [UInt8]
    /// The vector of an input; see ``EmbeddingVector``.
    package var embedding: [UInt8]
    package var finishReason: FinishReason

    package init(
        index: Int,
        content: String = "",
        reasoningContent: String = "",
        refusal: String = "",
        toolCalls: [FinalToolCall] = [],
        logprobs: [UInt8] = [],
        embedding: [UInt8] = [],
        finishReason: FinishReason
    ) {
        self.index = index
        self.content = content
        self.reasoningContent = reasoningContent
        self.refusal = refusal
        self.toolCalls = toolCalls
        self.logprobs = logprobs
        self.embedding = embedding
        self.finishReason = finishReason
    }
}
