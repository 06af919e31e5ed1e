import Hummingbird
import InferenceAPI
import Operations
import StrictJSON

/// What the network offers: `GET /v1/models` and `GET /v1/models/{id}`.
struct ModelsRoute: Sendable {
    let catalogue: ModelCatalogue
    let hub: WorkerHub
    let latencies: LatencyBook
    let clock: WallClock

    /// Only what at least one live worker hosts, each model followed by the ids that it superseded.
    ///
    /// Those are in the list because software that looks its model up there must go on until the date that it reads.
    func list() -> Response {
        let now = clock.nowMilliseconds
        let active = hub.activeModels
        let entries = catalogue.all.filter { active.contains($0.id) }.flatMap { model in
            [object(model)] + catalogue.aliases(of: model.id, atMilliseconds: now).map { object(model, as: $0) }
        }
        return .json(JSONValue.object(["object": "list", "data": .array(entries)]).encoded())
    }

    /// Any model of the catalogue, whether or not a worker hosts it, also under an id that it superseded.
    func show(_ id: String) throws -> Response {
        let model = try catalogue.model(named: id, atMilliseconds: clock.nowMilliseconds)
        return .json(object(model, as: catalogue.alias(id)).encoded())
    }

    private func object(_ model: CatalogueModel, as alias: ModelAlias? = nil) -> JSONValue {
        var decentral = facts(of: model)
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

    private func facts(of model: CatalogueModel) -> JSONObject {
        [
            "tier": .string(model.tier.rawValue),
            "credits_per_request": .integer(model.tier.creditsPerRequest),
            "credits_per_1k_tokens": .integer(model.tier.creditsPerThousandTokens),
            "active_workers": .integer(hub.activeWorkers(for: model.id)),
            "median_latency_ms": latencies.median(of: model.id, atMilliseconds: clock.nowMilliseconds).map(
                JSONValue.integer
            ) ?? .null,
            "parameters": .string(model.parameters),
            "context_window": .integer(model.contextWindow),
        ]
    }
}
