import Operations

/// `[[model]]`: a model that this worker hosts.
package struct ModelSection: Sendable {
    /// What a backend can do beyond chat completions in plain text.
    package enum Feature: String, CaseIterable, Sendable {
        case tools
        case structuredOutput = "structured_output"
        case logprobs
        case completions
        case embeddings

        /// What is announced where nothing is said: all but embeddings, for which few servers of chat models are
        /// started.
        static let byDefault: [Feature] = allCases.filter { $0 != .embeddings }
    }

    /// The network's id.
    package var id: String
    /// Name of the backend that runs it.
    package var backend: String
    /// What the backend calls it.
    package var upstreamModel: String
    package var maxConcurrentJobs: Int
    /// Tokens of all running jobs together; `nil`: what the backend reports, if it does.
    package var tokenBudget: Int?
    /// Prompt and output together, in tokens.
    package var contextWindow: Int
    package var features: Set<Feature>

    init(
        _ table: inout ConfigurationTable,
        known: inout KnownNames,
        checksBackend: Bool
    ) throws(ConfigurationError) {
        // id: string, 1 to 128 bytes, unique, required: the id in the network's catalogue.
        id = try table.string("id")
        guard id.utf8.count <= 128 else { throw table.error("id", expected: "at most 128 bytes") }
        try table.claim("id", id, in: &known.models)
        // backend: name of a [[backend]], required.
        backend = try table.string("backend")
        if checksBackend, !known.backends.contains(backend) {
            let names = known.backends.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            throw table.error("backend", expected: names.isEmpty ? "a [[backend]] with this name" : "one of \(names)")
        }
        // upstream_model: string, default the id: what the backend calls the model.
        upstreamModel = try table.string("upstream_model", default: id)
        // max_concurrent_jobs: integer, 1 to 4096, default 1: the slots that all networks share.
        maxConcurrentJobs = try table.integer("max_concurrent_jobs", in: 1...4096, default: 1)
        // token_budget: integer, 128 to 2^32 tokens, default what the backend reports (slots × context), else none.
        tokenBudget = try table.optionalInteger("token_budget", in: 128...(1 << 32))
        // features: array of "tools", "structured_output", "logprobs", "completions", "embeddings"; default all of them
        // but "embeddings".
        features = Set(try Self.features(&table))
        // context_window: integer, 128 to 16777216 tokens, required. The last to be read, so that a misspelt one is
        // told as an unknown key where it stands.
        let window = try table.optionalInteger("context_window", in: 128...(16 << 20))
        guard let window else {
            try table.finish()
            throw table.error("context_window", expected: "an integer from 128 to 16777216")
        }
        contextWindow = window
    }

    private static func features(_ table: inout ConfigurationTable) throws(ConfigurationError) -> [Feature] {
        let names = Feature.allCases.map(\.rawValue)
        let features = try table.strings("features", default: Feature.byDefault.map(\.rawValue))
            .map(Feature.init(rawValue:))
        guard features.allSatisfy({ $0 != nil }) else {
            let expected = names.map { "\"\($0)\"" }.joined(separator: ", ")
            throw table.error("features", found: "a feature that is none", expected: "an array of \(expected)")
        }
        return features.compactMap(\.self)
    }
}
