package import InferenceAPI

/// What is known at the end of a request.
package struct GenerationSummary: Sendable, Equatable {
    /// The tokens used, or `nil` if the backend did not say.
    ///
    /// Its source is ``UsageSource/estimated`` where the backend's count covers one choice of several (llama.cpp does
    /// so): the prompt's tokens are then the backend's, the completion's are ``textDeltaCount``.
    package var usage: TokenUsage?

    /// How many deltas with text were delivered, over all choices; most backends send one for each token.
    package var textDeltaCount: Int

    package init(usage: TokenUsage? = nil, textDeltaCount: Int = 0) {
        self.usage = usage
        self.textDeltaCount = textDeltaCount
    }
}
