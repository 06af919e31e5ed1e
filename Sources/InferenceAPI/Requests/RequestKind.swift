/// What a caller asks of a model: one route of the API each, and one shape of answers.
///
/// All kinds are jobs alike: locked, offered, streamed, signed and settled in the same way. The raw values are the words
/// of status and logs.
package enum RequestKind: String, Sendable, Hashable, CaseIterable {
    /// `POST /v1/chat/completions`.
    case chatCompletions = "chat_completions"

    /// The route of the API, from the root of the server.
    package var path: String {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        }
    }

    /// What the id of an answer begins with.
    var idPrefix: String {
        switch self {
        case .chatCompletions: "chatcmpl-"
        }
    }

    /// What a worker asks its backend with.
    package var backendRoute: BackendRoute {
        switch self {
        case .chatCompletions: .chatCompletions
        }
    }
}

/// A route of an OpenAI-compatible server, below its base URL.
package enum BackendRoute: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "chat/completions"
}
