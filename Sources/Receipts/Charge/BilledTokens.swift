package import InferenceAPI

/// Which of a job's tokens its charge is made of.
package enum BilledTokens: String, Sendable, Hashable, CaseIterable {
    /// What the model wrote.
    case completion
    /// What it read: a vector has no length to pay by.
    case prompt

    /// What is billed for requests of a kind.
    package init(_ kind: RequestKind) {
        switch kind.outputForm {
        case .chat, .text: self = .completion
        case .vectors: self = .prompt
        }
    }

    /// What an output is whose job bills these.
    package var outputForm: OutputForm {
        switch self {
        case .completion: .chat
        case .prompt: .vectors
        }
    }

    package func count(in usage: TokenUsage) -> Int {
        switch self {
        case .completion: usage.completionTokens
        case .prompt: usage.promptTokens
        }
    }
}
