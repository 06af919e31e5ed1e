/// What the deltas of a job may hold, which follows from the kind of its request.
package enum OutputForm: Sendable, Hashable {
    /// Everything that a chat's message has.
    case chat
    /// `content` alone: the text of a completion.
    case text
    /// One delta for each choice, with its vector and the finish reason `stop`, or `cancelled` and none.
    case vectors

    /// The arrays of a `logprobs` object.
    var logprobsKeys: [String] {
        switch self {
        case .chat: Self.chatLogprobs
        case .text: Self.textLogprobs
        case .vectors: []
        }
    }

    private static let chatLogprobs = ["content", "refusal"]
    private static let textLogprobs = ["tokens", "token_logprobs", "top_logprobs", "text_offset"]

    /// Whether a delta is of this form.
    @inline(__always)
    func allows(_ delta: ChoiceDelta) -> Bool {
        switch self {
        case .chat: delta.embedding.isEmpty
        case .text:
            delta.reasoningContent.isEmpty && delta.refusal.isEmpty && delta.toolCalls.isEmpty
                && delta.embedding.isEmpty
        case .vectors: Self.isVector(delta)
        }
    }

    private static func isVector(_ delta: ChoiceDelta) -> Bool {
        guard delta.textBytes == delta.embedding.count, delta.toolCalls.isEmpty, delta.logprobs.isEmpty else {
            return false
        }
        return switch delta.finishReason {
        case .stop: EmbeddingVector.isValid(delta.embedding)
        case .cancelled: delta.embedding.isEmpty
        case .length, .toolCalls, .contentFilter, nil: false
        }
    }
}
