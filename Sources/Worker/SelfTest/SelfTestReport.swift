/// What `POST /v1/selftest` answers: how a test job went, step by step.
package struct SelfTestReport: Codable, Sendable, Equatable {
    package struct Step: Codable, Sendable, Equatable {
        /// `asked`, `accepted`, `refused`, `finished`, `lost`, `settled`, `unpaid` or `answered`.
        package var name: String
        /// Since the question went out, in milliseconds.
        package var afterMs: Int
        /// A sentence.
        package var message: String

        private enum CodingKeys: String, CodingKey {
            case name, message
            case afterMs = "after_ms"
        }
    }

    package var network: String
    package var model: String
    package var passed: Bool
    /// What failed, or that nothing did.
    package var message: String
    @OrNull package var jobID: String?
    /// As the network saw it, from its offer.
    @OrNull package var timeToFirstTokenMs: Int?
    @OrNull package var completionTokens: Int?
    package var steps: [Step]

    private enum CodingKeys: String, CodingKey {
        case network, model, passed, message, steps
        case jobID = "job_id"
        case timeToFirstTokenMs = "time_to_first_token_ms"
        case completionTokens = "completion_tokens"
    }
}

/// What `POST /v1/selftest` takes.
package struct SelfTestOrder: Codable, Sendable, Equatable {
    /// A model that this worker hosts; `nil`: the first that takes jobs.
    package var model: String?
    /// A network by the name of its section; `nil`: the first that is connected.
    package var network: String?

    package init(model: String? = nil, network: String? = nil) {
        self.model = model
        self.network = network
    }

    private enum CodingKeys: String, CodingKey {
        case model, network
    }
}
