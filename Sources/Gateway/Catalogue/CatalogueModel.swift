/// A price class of models.
package enum Tier: String, Sendable, CaseIterable {
    case lite
    case standard
    case pro
    case max

    /// Credits for a completion of up to 500 output tokens.
    package var creditsPerRequest: Int {
        switch self {
        case .lite: 2
        case .standard: 8
        case .pro: 18
        case .max: 40
        }
    }

    /// Credits for each 1,000 output tokens beyond those.
    package var creditsPerThousandTokens: Int { creditsPerRequest / 2 }

    /// For people: "Standard".
    package var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// A model that the network knows, whether or not a worker hosts it now.
package struct CatalogueModel: Sendable, Equatable {
    package var id: String
    package var ownedBy: String
    package var tier: Tier
    /// For people: "8B".
    package var parameters: String
    /// In tokens.
    package var contextWindow: Int
    /// Output tokens per choice when the caller names no limit.
    package var defaultMaxOutputTokens = 2048
    /// Unix seconds.
    package var created = 1_750_000_000

    package init(id: String, ownedBy: String, tier: Tier, parameters: String, contextWindow: Int) {
        self.id = id
        self.ownedBy = ownedBy
        self.tier = tier
        self.parameters = parameters
        self.contextWindow = contextWindow
    }
}

/// The models that callers may name.
package struct ModelCatalogue: Sendable {
    private let models: [String: CatalogueModel]
    /// In the order in which they are listed.
    private let order: [String]

    /// The launch models, with `additions` put in or over them.
    package init(adding additions: [CatalogueModel] = []) {
        var models: [String: CatalogueModel] = [:]
        var order: [String] = []
        for model in Self.launchModels + additions {
            if models.updateValue(model, forKey: model.id) == nil { order.append(model.id) }
        }
        self.models = models
        self.order = order
    }

    package subscript(_ id: String) -> CatalogueModel? { models[id] }

    package var all: [CatalogueModel] { order.compactMap { models[$0] } }

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
