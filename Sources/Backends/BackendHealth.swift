/// How a backend is, and what it says of itself.
package struct BackendHealth: Sendable, Equatable {
    /// Whether jobs may be sent to the backend.
    package enum State: Sendable, Equatable {
        /// It takes requests.
        case healthy

        /// It does not yet, but is expected to without anybody's doing: a model is loading, a process starts again.
        case starting

        /// It is stopped because nobody used it, and starts with the next request, which waits for it.
        case unloaded

        /// It does not, and somebody should look.
        case unhealthy
    }

    /// A model that the backend lists.
    package struct Model: Sendable, Equatable {
        /// What the backend calls it.
        package var id: String

        /// The longest prompt and output together, in tokens, if the backend says.
        package var contextWindow: Int?

        package init(id: String, contextWindow: Int? = nil) {
            self.id = id
            self.contextWindow = contextWindow
        }
    }

    package var state: State

    /// Why it is not healthy, as a sentence for the operator without prompts or keys; empty when it is.
    package var reason: String

    /// How many requests the backend runs at once, if it says.
    package var slots: Int?

    /// The tokens that one slot holds, if the backend says so for all its models.
    package var contextWindow: Int?

    /// The models that it lists; empty when it lists none or was not asked.
    package var models: [Model]

    package init(
        state: State,
        reason: String = "",
        slots: Int? = nil,
        contextWindow: Int? = nil,
        models: [Model] = []
    ) {
        self.state = state
        self.reason = reason
        self.slots = slots
        self.contextWindow = contextWindow
        self.models = models
    }

    /// Healthy, with nothing more known.
    package static let healthy = BackendHealth(state: .healthy)

    /// Not yet healthy, because of `reason`.
    package static func starting(_ reason: String) -> BackendHealth {
        BackendHealth(state: .starting, reason: reason)
    }

    /// Not healthy, because of `reason`.
    package static func unhealthy(_ reason: String) -> BackendHealth {
        BackendHealth(state: .unhealthy, reason: reason)
    }

    /// What the backend says of the context of a model that it calls `model`, in tokens.
    package func contextWindow(of model: String) -> Int? {
        models.first { $0.id == model }?.contextWindow ?? contextWindow
    }
}
