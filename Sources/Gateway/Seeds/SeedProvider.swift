package import Backends

/// `[[seed_provider]]`: a first-party upstream that keeps models available while no worker can take their jobs.
package struct SeedProvider: Sendable {
    package var name: String
    package var endpoint: OpenAIEndpoint
    /// Read when the daemon starts: who may use the command line need not be able to read a key.
    package var apiKeyFile: String?
    package var maxConcurrentJobs: Int
    /// What it can do beyond chat completions in plain text.
    var features: Set<LiveWorker.Feature>
    /// What the upstream calls each model, by the network's id.
    package var models: [String: String]
}
