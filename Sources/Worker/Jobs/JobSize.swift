import InferenceAPI
import Receipts
import Signing

/// What a job takes of this worker while its backend works on it.
struct JobSize: Sendable, Equatable {
    /// The gateway's address: who holds the slot.
    var network: Address
    var model: String
    /// Tokens that the backend may come to hold for it: prompt and output of all choices.
    var tokens: Int

    init(network: Address, model: String, tokens: Int) {
        self.network = network
        self.model = model
        self.tokens = tokens
    }

    /// The size of a job that was offered.
    ///
    /// The prompt is counted at a token for every three bytes, which is what scripts outside of ASCII come to; English
    /// takes four (``InferenceRequest/estimatedPromptTokens``), so it is counted too high rather than too low. No
    /// choice can hold more than a context window.
    ///
    /// An input that becomes a vector has no output and a context of its own.
    ///
    /// - Parameters:
    ///   - offer: Checked.
    ///   - contextWindow: Of the model, in tokens.
    init(_ offer: AcceptedOffer, contextWindow: Int) {
        let choices = offer.request.outputCount
        let prompt = (offer.request.estimatedPromptTokens * 4 + 2) / 3
        let limit = offer.request.kind.outputForm == .vectors ? 0 : offer.offer.maxOutputTokens
        let output = limit.multipliedReportingOverflow(by: choices)
        let wanted = output.overflow ? Int.max : output.partialValue.addingReportingOverflow(prompt).partialValue
        self.init(
            network: offer.offer.network,
            model: offer.offer.model,
            tokens: min(max(wanted, 1), contextWindow * choices)
        )
    }
}
