package import InferenceAPI

/// The models that callers may name, and the superseded ids under which some of them are still found.
///
/// A model has one id of its own, by which workers, prices, records and metrics go; an alias is a caller's word alone.
package struct ModelCatalogue: Sendable {
    private let models: [String: CatalogueModel]
    private let aliases: [String: ModelAlias]
    /// In the order in which they are listed.
    private let order: [String]

    /// The launch models, with `additions` put in or over them; an alias takes the place of a launch model with its id.
    package init(adding additions: [CatalogueModel] = [], aliases: [ModelAlias] = []) {
        var models: [String: CatalogueModel] = [:]
        var order: [String] = []
        for model in Self.launchModels + additions {
            if models.updateValue(model, forKey: model.id) == nil { order.append(model.id) }
        }
        for alias in aliases { models[alias.id] = nil }
        self.models = models
        self.aliases = Dictionary(aliases.map { ($0.id, $0) }) { first, _ in first }
        self.order = order
    }

    /// The model with that id of its own.
    package subscript(_ id: String) -> CatalogueModel? { models[id] }

    package var all: [CatalogueModel] { order.compactMap { models[$0] } }

    /// The alias with that id, retired or not.
    package func alias(_ id: String) -> ModelAlias? { aliases[id] }

    /// The ids under which a model is also found at a time (Unix milliseconds), sorted.
    package func aliases(of model: String, atMilliseconds now: Int64) -> [ModelAlias] {
        aliases.values.filter { $0.model == model && !$0.isRetired(atMilliseconds: now) }.sorted { $0.id < $1.id }
    }

    /// The model that a caller means.
    ///
    /// - Throws: ``APIError`` `model_not_found`, which names the successor of an id that is retired.
    package func model(named id: String, atMilliseconds now: Int64) throws(APIError) -> CatalogueModel {
        if let model = models[id] { return model }
        guard let alias = aliases[id], let successor = models[alias.model] else { throw .modelNotFound(id) }
        guard !alias.isRetired(atMilliseconds: now) else {
            throw .modelRetired(id, on: alias.retires, successor: successor.id)
        }
        return successor
    }

    /// Whether a key's list of models has a model, by its own id or by one that it superseded.
    ///
    /// A retired alias still counts: the date ends a name, not what a key was made for.
    package func isAllowed(_ model: CatalogueModel, by list: [String]) -> Bool {
        list.contains { $0 == model.id || aliases[$0]?.model == model.id }
    }

    /// What the network starts with; the 1k prices of lite and pro are half of their base, as the others' are.
    private static let launchModels = [
        CatalogueModel(id: "llama-3.3-70b", ownedBy: "meta", tier: .max, parameters: "70B", contextWindow: 128_000),
        CatalogueModel(id: "deepseek-r1", ownedBy: "deepseek", tier: .max, parameters: "70B", contextWindow: 128_000),
        CatalogueModel(id: "llama-3.2-27b", ownedBy: "meta", tier: .pro, parameters: "27B", contextWindow: 128_000),
        CatalogueModel(id: "qwen3-14b", ownedBy: "qwen", tier: .pro, parameters: "14B", contextWindow: 32_768),
        CatalogueModel(id: "qwen3-8b", ownedBy: "qwen", tier: .standard, parameters: "8B", contextWindow: 32_768),
        CatalogueModel(
            id: "mistral-7b",
            ownedBy: "mistralai",
            tier: .standard,
            parameters: "7B",
            contextWindow: 32_768
        ),
        CatalogueModel(id: "llama-3.2-3b", ownedBy: "meta", tier: .lite, parameters: "3B", contextWindow: 128_000),
        CatalogueModel(id: "qwen3-1.7b", ownedBy: "qwen", tier: .lite, parameters: "1.7B", contextWindow: 32_768),
    ]
}
