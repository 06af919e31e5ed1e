/// What the configuration says of one backend.
package struct BackendConfiguration: Sendable, Equatable {
    /// What kind of backend it is, with what that kind needs.
    package enum Kind: Sendable, Equatable {
        /// Any OpenAI-compatible HTTP server.
        case openAI(OpenAIBackend.Configuration)

        /// A llama-server that the worker starts.
        case llamaServer(LlamaServerBackend.Configuration)
    }

    /// The name that `[[model]]` refers to.
    package var name: String

    package var kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Whether the worker starts the server itself.
    package var isSupervised: Bool {
        switch kind {
        case .openAI: false
        case .llamaServer: true
        }
    }

    /// Tells a supervised server what the model that it serves needs, where the operator's arguments do not.
    ///
    /// Another kind of backend sets its slots and context itself.
    ///
    /// - Parameters:
    ///   - slots: Requests at once.
    ///   - contextWindow: Tokens of one slot.
    package mutating func serve(slots: Int, contextWindow: Int) {
        guard case .llamaServer(var server) = kind else { return }
        server.slots = slots
        server.contextWindow = contextWindow
        kind = .llamaServer(server)
    }
}
