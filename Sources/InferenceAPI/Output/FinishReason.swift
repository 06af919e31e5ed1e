/// Why a choice ended.
///
/// The raw values are OpenAI's, and one of our own: ``cancelled``. They stand in deltas on the worker protocol,
/// in receipts and in output digests.
package enum FinishReason: String, Sendable, Hashable, CaseIterable {
    /// The model ended by itself, or came to a stop sequence.
    case stop
    /// The token limit, the context window or the deadline cut it.
    case length
    /// The model asks for tools to be called.
    case toolCalls = "tool_calls"
    /// The backend's filter left output out.
    case contentFilter = "content_filter"
    /// The caller hung up, and the choice was cut there.
    case cancelled

    /// The reason as a caller reads it.
    ///
    /// OpenAI's clients check it against a closed set, in which ``cancelled`` is missing. A choice that was
    /// cancelled has nobody left to read it but a repeated request of the same caller, and to that one it looks
    /// like what it is: output that ended before a limit did. The digest and the receipt keep the difference.
    package var callerText: StaticString {
        switch self {
        case .stop, .cancelled: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .contentFilter: "content_filter"
        }
    }
}
