import Hummingbird
import InferenceAPI
import Operations
import StrictJSON

/// What the network offers: `GET /v1/models` and `GET /v1/models/{id}`.
struct ModelsRoute: Sendable {
    let jobs: JobCoordinator

    private var catalogue: ModelCatalogue { jobs.catalogue }

    /// Only what is served now, by a live worker or a seed provider; each model is followed by the ids that it superseded.
    ///
    /// Those are in the list because software that looks its model up there must go on until the date that it reads.
    func list() -> Response {
        let now = jobs.clock.nowMilliseconds
        let capacities = jobs.hub.capacities
        let entries = catalogue.all.flatMap { model -> [JSONValue] in
            let workers = capacities[model.id]?.workers ?? 0
            guard workers > 0 || !jobs.seeds.providers(of: model.id).isEmpty else { return [] }
            let aliases = catalogue.aliases(of: model.id, atMilliseconds: now)
            return ([nil] + aliases).map { object(model, as: $0, workers: workers) }
        }
        return .json(JSONValue.object(["object": "list", "data": .array(entries)]).encoded())
    }

    /// Any model of the catalogue, whether or not a worker hosts it, also under an id that it superseded.
    func show(_ id: String) throws -> Response {
        let model = try catalogue.model(named: id, atMilliseconds: jobs.clock.nowMilliseconds)
        let workers = jobs.hub.capacities[model.id]?.workers ?? 0
        return .json(object(model, as: catalogue.alias(id), workers: workers).encoded())
    }

    private func object(_ model: CatalogueModel, as alias: ModelAlias?, workers: Int) -> JSONValue {
        var decentral = facts(of: model, workers: workers)
        if let alias {
            decentral.append("alias_of", .string(model.id))
            decentral.append("retires", .string(alias.retires))
        }
        return [
            "id": .string(alias?.id ?? model.id),
            "object": "model",
            "created": .integer(model.created),
            "owned_by": .string(model.ownedBy),
            "decentral": .object(decentral),
        ]
    }

    private func facts(of model: CatalogueModel, workers: Int) -> JSONObject {
        let price = jobs.market.price(of: model)
        let latency = jobs.latencies.median(of: model.id, atMilliseconds: jobs.clock.nowMilliseconds)
        return [
            "tier": .string(model.tier.rawValue),
            "credits_per_request": .integer(price.creditsPerRequest),
            "credits_per_1k_tokens": .integer(price.creditsPerThousandTokens),
            "active_workers": .integer(workers),
            "median_latency_ms": .optional(latency),
            "parameters": .string(model.parameters),
            "context_window": .integer(model.contextWindow),
        ]
    }
}
