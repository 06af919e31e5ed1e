import Backends
import Operations

/// Reads `[[seed_provider]]`, each with regard to the catalogue and to those before it.
struct SeedProviderReader {
    private let catalogue: ModelCatalogue
    private var names: Set<String> = []

    init(catalogue: ModelCatalogue) {
        self.catalogue = catalogue
    }

    mutating func read(_ table: inout ConfigurationTable) throws -> SeedProvider {
        // name: string, 1 to 32 bytes, unique: for the log and for people.
        let name = try table.string("name")
        guard name.utf8.count <= 32 else { throw table.error("name", expected: "at most 32 bytes") }
        guard names.insert(name).inserted else { throw table.error("name", expected: "a name of its own") }
        // url: http://…, https://… or unix:/path.sock, with the base path (/v1): an OpenAI-compatible server.
        let url = try table.string("url")
        let endpoint: OpenAIEndpoint
        do {
            endpoint = try OpenAIEndpoint(url: url)
        } catch {
            throw table.error(error.key, found: error.found, expected: error.expected)
        }
        // api_key_file: path, optional: a file with the key on one line, readable by its owner only.
        let apiKeyFile = try table.optionalPath("api_key_file")
        // max_concurrent_jobs: integer, 1 to 4,096, default 8: over all models of the provider.
        let maxConcurrentJobs = try table.integer("max_concurrent_jobs", in: 1...4096, default: 8)
        // features: array of "tools", "structured_output", "logprobs", "completions" and "embeddings"; default the first
        // three.
        let features = try table.strings("features", default: Self.defaultFeatures.map(\.rawValue)).map { text in
            guard let feature = LiveWorker.Feature(rawValue: text) else {
                throw table.error("features", found: "\"\(text)\"", expected: Self.featureNames)
            }
            return feature
        }
        // model: tables [[seed_provider.model]], at least one.
        var models: [String: String] = [:]
        let entries = try table.tables("model", readModel)
        for entry in entries where models.updateValue(entry.upstream, forKey: entry.id) != nil {
            throw table.error("model", found: "\"\(entry.id)\" twice", expected: "each model once")
        }
        guard !models.isEmpty else { throw table.error("model", expected: "a [[seed_provider.model]]") }
        return SeedProvider(
            name: name,
            endpoint: endpoint,
            apiKeyFile: apiKeyFile,
            maxConcurrentJobs: maxConcurrentJobs,
            features: Set(features),
            models: models
        )
    }

    private func readModel(_ table: inout ConfigurationTable) throws -> (id: String, upstream: String) {
        // id: string: a model of the catalogue, by its own id.
        let id = try table.string("id")
        guard catalogue[id] != nil else { throw table.error("id", expected: "the id of a model in the catalogue") }
        // upstream_model: string, default the id: what the upstream calls it.
        return (id, try table.string("upstream_model", default: id))
    }

    private static let defaultFeatures: [LiveWorker.Feature] = [.tools, .structuredOutput, .logprobs]
    private static let featureNames =
        "\"tools\", \"structured_output\", \"logprobs\", \"completions\" or \"embeddings\""
}
