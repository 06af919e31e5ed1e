/// A model of the catalogue, as the admin API shows it: what it costs now and who could do its jobs.
package struct ModelDetails: Codable, Sendable, Equatable {
    /// A superseded id under which it is also found.
    package struct Alias: Codable, Sendable, Equatable {
        package var id: String
        /// The first day, in UTC, on which the id is not taken any more: "2027-01-31".
        package var retires: String
    }

    package var id: String
    package var ownedBy: String
    package var tier: String
    /// The price of this moment.
    package var creditsPerRequest: Int
    package var creditsPer1kTokens: Int
    /// Workers that take its jobs now.
    package var workers = 0
    /// Of those workers.
    package var slots = 0
    /// Slots that jobs of this network hold.
    package var inFlight = 0
    /// Jobs that wait for a slot.
    package var waiting = 0
    /// Milliseconds to the first token in the last hour; nil before the first job.
    package var medianLatencyMS: Int?
    /// Sorted by id; without those that are retired.
    package var aliases: [Alias]
    /// Names of the seed providers that have it and are not set aside, in the order in which they are asked.
    package var seedProviders: [String]

    private enum CodingKeys: String, CodingKey {
        case id
        case ownedBy = "owned_by"
        case tier
        case creditsPerRequest = "credits_per_request"
        case creditsPer1kTokens = "credits_per_1k_tokens"
        case workers
        case slots
        case inFlight = "in_flight"
        case waiting
        case medianLatencyMS = "median_latency_ms"
        case aliases
        case seedProviders = "seed_providers"
    }
}

extension ModelDetails {
    /// A model as the configuration alone shows it.
    init(_ model: CatalogueModel, price: Price, aliases: [ModelAlias], seedProviders: [String]) {
        id = model.id
        ownedBy = model.ownedBy
        tier = model.tier.rawValue
        creditsPerRequest = price.creditsPerRequest
        creditsPer1kTokens = price.creditsPerThousandTokens
        self.aliases = aliases.map { Alias(id: $0.id, retires: $0.retires) }
        self.seedProviders = seedProviders
    }

    /// The catalogue of a gateway that does not run: nobody is connected, and prices are at their base.
    static func list(_ configuration: GatewayConfiguration, atMilliseconds now: Int64) -> [ModelDetails] {
        let catalogue = ModelCatalogue(adding: configuration.models, aliases: configuration.modelAliases)
        return catalogue.all.map { model in
            ModelDetails(
                model,
                price: model.tier.basePrice,
                aliases: catalogue.aliases(of: model.id, atMilliseconds: now),
                seedProviders: configuration.seedProviders.filter { $0.models[model.id] != nil }.map(\.name)
            )
        }
    }
}
