/// One piece of one choice: what a backend streams, the worker protocol carries and a caller's chunk shows.
///
/// What is absent is empty, so that a token costs no optional and, with a text of at most 15 bytes, no allocation.
package struct ChoiceDelta: Sendable, Equatable {
    /// Which choice, from 0.
    package var index: Int
    package var content: String
    /// What a reasoning model thinks before it answers.
    package var reasoningContent: String
    package var refusal: String
    package var toolCalls: [ToolCallDelta]
    /// The chunk's `logprobs` object as JSON text.
    package var logprobs: [UInt8]
    /// The whole vector of an input; see ``EmbeddingVector``.
    package var embedding: [UInt8]
    /// Ends the choice; `nil` while it goes on.
    package var finishReason: FinishReason?

    package init(
        index: Int,
        content: String = "",
        reasoningContent: String = "",
        refusal: String = "",
        toolCalls: [ToolCallDelta] = [],
        logprobs: [UInt8] = [],
        embedding: [UInt8] = [],
        finishReason: FinishReason? = nil
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

    /// Whether it says nothing; such a delta is dropped where it arises.
    package var isEmpty: Bool {
        content.isEmpty && finishReason == nil && reasoningContent.isEmpty && refusal.isEmpty && toolCalls.isEmpty
            && logprobs.isEmpty && embedding.isEmpty
    }

    /// Bytes of its texts and of its vector, which is what bounds of output count; logprobs are not output.
    package var textBytes: Int {
        var bytes = content.utf8.count + reasoningContent.utf8.count + refusal.utf8.count + embedding.count
        for call in toolCalls {
            bytes += call.id.utf8.count + call.name.utf8.count + call.arguments.utf8.count
        }
        return bytes
    }
}
