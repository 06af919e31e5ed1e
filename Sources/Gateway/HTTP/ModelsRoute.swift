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

    /// Only what at least one live worker hosts.
    func list() -> Response {
        let active = hub.activeModels
        let models = catalogue.all.filter { active.contains($0.id) }.map(object)
        return .json(JSONValue.object(["object": "list", "data": .array(models)]).encoded())
    }

    /// Any model of the catalogue, whether or not a worker hosts it.
    func show(_ id: String) throws -> Response {
        guard let model = catalogue[id] else { throw APIError.modelNotFound(id) }
        return .json(object(model).encoded())
    }

    private func object(_ model: CatalogueModel) -> JSONValue {
        [
            "id": .string(model.id),
            "object": "model",
            "created": .integer(model.created),
            "owned_by": .string(model.ownedBy),
            "decentral": [
                "tier": .string(model.tier.rawValue),
                "credits_per_request": .integer(model.tier.creditsPerRequest),
                "credits_per_1k_tokens": .integer(model.tier.creditsPerThousandTokens),
                "active_workers": .integer(hub.activeWorkers(for: model.id)),
                "median_latency_ms": latencies.median(of: model.id, atMilliseconds: clock.nowMilliseconds).map(
                    JSONValue.integer
                )
                    ?? .null,
                "parameters": .string(model.parameters),
                "context_window": .integer(model.contextWindow),
            ],
        ]
    }
}
