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
