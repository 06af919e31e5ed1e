/// What a caller asks of a model: one route of the API each, and one shape of answers.
///
/// All kinds are jobs alike: locked, offered, streamed, signed and settled in the same way. The raw values are the words
/// of status and logs.
package enum RequestKind: String, Sendable, Hashable, CaseIterable {
    /// `POST /v1/chat/completions`.
    case chatCompletions = "chat_completions"
    /// `POST /v1/completions`: text goes on from a prompt, without a chat's template.
    case completions
    /// `POST /v1/responses`, which a backend is asked as a chat completion.
    case responses
    /// `POST /v1/embeddings`: each input becomes a vector.
    case embeddings

    /// The route of the API, from the root of the server.
    package var path: String {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .responses: "/v1/responses"
        case .embeddings: "/v1/embeddings"
        }
    }

    /// What the id of an answer begins with; nothing where answers have none.
    var idPrefix: String {
        switch self {
        case .chatCompletions: "chatcmpl-"
        case .completions: "cmpl-"
        case .responses: "resp_"
        case .embeddings: ""
        }
    }

    /// What the kind calls a parameter of a chat completion, for errors that arise where kinds are not told apart.
    package func parameter(forChat parameter: String) -> String {
        switch (self, parameter) {
        case (.responses, "response_format"): "text.format"
        case (.responses, "logprobs"): "include"
        default: parameter
        }
    }

    /// What a worker asks its backend with.
    package var backendRoute: BackendRoute {
        switch self {
        case .chatCompletions, .responses: .chatCompletions
        case .completions: .completions
        case .embeddings: .embeddings
        }
    }

    /// What the deltas of its jobs may hold.
    package var outputForm: OutputForm {
        switch self {
        case .chatCompletions, .responses: .chat
        case .completions: .text
        case .embeddings: .vectors
        }
    }

    /// The parameter that holds the prompt.
    package var promptParameter: String {
        switch self {
        case .chatCompletions: "messages"
        case .completions: "prompt"
        case .responses, .embeddings: "input"
        }
    }
}

/// A route of an OpenAI-compatible server, below its base URL.
package enum BackendRoute: String, Sendable, Hashable, CaseIterable {
    case chatCompletions = "chat/completions"
    case completions
    case embeddings
}
