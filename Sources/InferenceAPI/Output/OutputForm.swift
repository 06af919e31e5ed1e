/// What the deltas of a job may hold, which follows from the kind of its request.
package enum OutputForm: Sendable, Hashable {
    /// Everything that a chat's message has.
    case chat
    /// `content` alone: the text of a completion.
    case text

    /// The arrays of a `logprobs` object.
    var logprobsKeys: [String] {
        switch self {
        case .chat: Self.chatLogprobs
        case .text: Self.textLogprobs
        }
    }

    private static let chatLogprobs = ["content", "refusal"]
    private static let textLogprobs = ["tokens", "token_logprobs", "top_logprobs", "text_offset"]

    /// Whether a delta is of this form.
    @inline(__always)
    func allows(_ delta: ChoiceDelta) -> Bool {
        switch self {
        case .chat: true
        case .text: delta.reasoningContent.isEmpty && delta.refusal.isEmpty && delta.toolCalls.isEmpty
        }
    }
}
