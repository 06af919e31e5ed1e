package import InferenceAPI

/// What a worker may claim for a job: the backend's count, or else an estimate, never more than the network accepts.
///
/// The estimate of a completion is the number of deltas with text, because backends send one for each token; where they
/// gather more in one, it is one token for every eight bytes, which is more bytes than tokens have in any language.
/// That of a prompt is the request's own (``InferenceRequest/estimatedPromptTokens``).
package enum UsageClaim {
    /// What is known of an output.
    package struct Output: Sendable {
        /// Deltas with text, over all choices.
        package var textDeltas: Int
        /// Bytes of all texts.
        package var bytes: Int
        package var choices: Int
        /// Tokens that the offer allows for each choice.
        package var tokenLimit: Int

        package init(textDeltas: Int, bytes: Int, choices: Int, tokenLimit: Int) {
            self.textDeltas = textDeltas
            self.bytes = bytes
            self.choices = choices
            self.tokenLimit = tokenLimit
        }
    }

    /// The longest that a token is taken to be where they are not counted, in bytes.
    package static let bytesPerToken = 8
    /// What the network allows for each choice beyond one token for a byte.
    package static let tokensBeyondBytes = ReceiptChecks.invisibleTokensPerChoice

    /// The usage to claim for vectors: the prompt's tokens, of which the offer allows so many in all.
    package static func promptUsage(reported: TokenUsage?, estimatedPrompt: Int, tokenLimit: Int) -> TokenUsage {
        TokenUsage(
            promptTokens: min(max(0, reported?.promptTokens ?? estimatedPrompt), tokenLimit),
            completionTokens: 0,
            source: reported?.source ?? .estimated
        )
    }

    /// The usage to claim.
    ///
    /// - Parameters:
    ///   - reported: The backend's count; `nil` if it gave none.
    ///   - estimatedPrompt: The request's own estimate, in tokens.
    ///   - output: What bounds the claim.
    /// - Returns: The backend's count or the estimate, within the bounds.
    package static func usage(reported: TokenUsage?, estimatedPrompt: Int, output: Output) -> TokenUsage {
        let estimate = max(output.textDeltas, (output.bytes + bytesPerToken - 1) / bytesPerToken)
        var usage =
            reported
            ?? TokenUsage(promptTokens: estimatedPrompt, completionTokens: estimate, source: .estimated)
        let (allowed, overflow) = output.tokenLimit.multipliedReportingOverflow(by: output.choices)
        let most = min(overflow ? .max : allowed, output.bytes + tokensBeyondBytes * output.choices)
        // What a backend says may be anything, and no document holds more.
        usage.promptTokens = min(max(0, usage.promptTokens), Amounts.largestTokens)
        usage.completionTokens = min(max(0, usage.completionTokens), most)
        return usage
    }
}
