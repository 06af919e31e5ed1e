/// Who counted a job's tokens.
package enum UsageSource: String, Sendable, Hashable {
    /// The backend said it.
    case backend
    /// The backend did not; the worker estimated from what arrived.
    case estimated
}

/// How many tokens a job read and made, over all its choices.
package struct TokenUsage: Sendable, Hashable {
    package var promptTokens: Int
    package var completionTokens: Int
    package var source: UsageSource

    package init(promptTokens: Int, completionTokens: Int, source: UsageSource) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.source = source
    }

    package var totalTokens: Int { promptTokens + completionTokens }
}
