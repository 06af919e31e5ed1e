/// A guess of a prompt's length in tokens, for a request that no tokenizer has seen.
///
/// Four bytes of text to a token is what OpenAI tells for English; each message adds the marks that a chat
/// template puts around it. It may be off by half for other scripts, so it routes and warns, and never charges.
struct PromptEstimate: Sendable {
    static let bytesPerToken = 4
    /// The role and the marks around a message.
    static let tokensPerMessage = 4
    /// The marks that open the answer.
    static let tokensPerAnswer = 3

    private var bytes = 0
    private var messages = 0
    private var givenTokens = 0

    mutating func addMessage() {
        messages += 1
    }

    /// Tokens that the caller made.
    mutating func addTokens(_ count: Int) {
        givenTokens += count
    }

    mutating func addText(bytes count: Int) {
        bytes += count
    }

    var tokens: Int {
        (bytes + Self.bytesPerToken - 1) / Self.bytesPerToken + messages * Self.tokensPerMessage
            + givenTokens + Self.tokensPerAnswer
    }
}
