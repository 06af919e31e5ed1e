import GatewayStore
import Hummingbird
import InferenceAPI
import Operations
import StrictJSON
import Webhooks

/// What an account is told of without asking: `/v1/webhooks` and what lies below it.
///
/// An API key may do all of it, because programs set their own webhooks up: none tells what a key of the wallet cannot
/// read, and none spends. But a webhook outlives the key that made it or moved it, so that whoever revokes a key that
/// leaked has to look at the list too.
struct WebhooksRoutes: Sendable {
    let webhooks: WebhookStore
    /// Whether `http` and inside addresses are taken.
    let allowsInside: Bool
    /// The network's time, which the queue goes by.
    let clock: WallClock

    /// Webhooks that one wallet may have.
    static let limit = 16

    func create(_ request: Request, _ context: CallerContext) async throws -> Response {
        let caller = try context.required
        let body = try await RequestBody.object(request, known: WebhookRequest.ofCreation)
        let new = try WebhookRequest(body: body, allowsInside: allowsInside)
            .new(for: caller.wallet, at: clock.nowMilliseconds)
        switch try await webhooks.create(new, limit: Self.limit) {
        case .made(let webhook):
            return .json(
                Self.object(webhook, adding: ["secret": .string(webhook.secret.text)]).encoded(),
                status: .created
            )
        case .noAccount:
            throw APIError.operationNotAllowed("This wallet has no account on this network yet.")
        case .tooMany:
            throw APIError.operationNotAllowed(
                "This wallet has \(Self.limit) webhooks, the most that one may have: delete one first."
            )
        }
    }

    /// All of the wallet's, the oldest first; there are few.
    func list(_ context: CallerContext) async throws -> Response {
        let all = try await webhooks.list(wallet: try context.required.wallet)
        return .json(
            JSONValue.object(["object": "list", "data": .array(all.map { Self.object($0) })]).encoded()
        )
    }

    func show(_ context: CallerContext) async throws -> Response {
        let (caller, id) = try Self.target(context)
        guard let webhook = try await webhooks.find(id, of: caller.wallet) else { throw APIError.webhookNotFound() }
        return .json(Self.object(webhook).encoded())
    }

    func change(_ request: Request, _ context: CallerContext) async throws -> Response {
        let (caller, id) = try Self.target(context)
        let body = try await RequestBody.object(request, known: WebhookRequest.ofChange)
        let change = try WebhookRequest(body: body, allowsInside: allowsInside).change()
        let changed = try await webhooks.update(id, of: caller.wallet, change, at: clock.nowMilliseconds)
        guard let changed else { throw APIError.webhookNotFound() }
        return .json(Self.object(changed).encoded())
    }

    /// Removes it with its deliveries; a message that is on its way may still arrive.
    func delete(_ context: CallerContext) async throws -> Response {
        let (caller, id) = try Self.target(context)
        guard try await webhooks.delete(id, of: caller.wallet) else { throw APIError.webhookNotFound() }
        return .json(
            JSONValue.object(["id": .string(id), "object": "webhook", "deleted": .bool(true)]).encoded()
        )
    }

    /// Sends a message of the type `webhook.test`, the pending one if there is one; the answer is the delivery, which has
    /// just begun.
    func test(_ context: CallerContext) async throws -> Response {
        let (caller, id) = try Self.target(context)
        return try Self.accepted(
            try await webhooks.test(id, of: caller.wallet, at: clock.nowMilliseconds),
            orElse: .webhookNotFound()
        )
    }

    func deliveries(_ request: Request, _ context: CallerContext) async throws -> Response {
        let (caller, id) = try Self.target(context)
        let query = try ListQuery(request, filters: ["status"])
        if let after = query.after, after.wholeMatch(of: /msg_[0-9a-z]{20}/) == nil {
            throw APIError.invalidParameter("after", expected: "the id of a delivery")
        }
        let deliveries = try await webhooks.deliveries(
            to: id,
            of: caller.wallet,
            status: try Self.status(query["status"]),
            limit: query.limit + 1,
            after: query.after
        )
        guard let deliveries else { throw APIError.webhookNotFound() }
        return .json(query.page(deliveries, id: \.messageID, Self.object).encoded())
    }

    func redeliver(_ context: CallerContext) async throws -> Response {
        let (caller, id) = try Self.target(context)
        let messageID = try context.parameters.require("delivery")
        let outcome = try await webhooks.redeliver(messageID, to: id, of: caller.wallet, at: clock.nowMilliseconds)
        return try Self.accepted(outcome, orElse: .deliveryNotFound())
    }

    private static func target(_ context: CallerContext) throws -> (CallerContext.Caller, String) {
        (try context.required, try context.parameters.require("id"))
    }

    private static func accepted(_ outcome: WebhookStore.OnSend, orElse missing: APIError) throws -> Response {
        switch outcome {
        case .queued(let delivery): return .json(object(delivery).encoded(), status: .accepted)
        case .notFound: throw missing
        case .disabled:
            throw APIError.operationNotAllowed(
                "This webhook is disabled: set its status to \"active\" before messages are sent to it."
            )
        }
    }

    private static func status(_ text: String?) throws(APIError) -> WebhookDelivery.Status? {
        guard let text else { return nil }
        guard let status = WebhookDelivery.Status(rawValue: text) else {
            let words = WebhookDelivery.Status.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter("status", expected: "one of \(words)")
        }
        return status
    }

    /// The webhook object of the API; the secret stands in the answer to its creation alone.
    static func object(_ webhook: Webhook, adding more: JSONObject = [:]) -> JSONValue {
        var object: JSONObject = [
            "id": .string(webhook.webhookID),
            "object": "webhook",
            "url": .string(webhook.url),
            "events": .array(webhook.events.map { .string($0.rawValue) }),
            "status": .string(webhook.status.rawValue),
            "disabled_reason": .optional(webhook.disabledReason),
            "failing_since": .optional(webhook.failingSince.map(RFC3339.text(milliseconds:))),
            "credit_low_threshold": .integer(webhook.creditLowThreshold),
            "created_at": .string(RFC3339.text(milliseconds: webhook.createdAt)),
        ]
        for member in more.members { object.append(member.key, member.value) }
        return .object(object)
    }

    /// The delivery object of the API.
    static func object(_ delivery: WebhookDelivery) -> JSONValue {
        [
            "id": .string(delivery.messageID),
            "object": "webhook_delivery",
            "webhook_id": .string(delivery.webhookID),
            "type": .string(delivery.type),
            "status": .string(delivery.status.rawValue),
            "attempts": .integer(delivery.attempts),
            "created_at": .string(RFC3339.text(milliseconds: delivery.createdAt)),
            "last_attempt_at": .optional(delivery.lastAttemptAt.map(RFC3339.text(milliseconds:))),
            "next_attempt_at": .optional(delivery.dueAt.map(RFC3339.text(milliseconds:))),
            "response_status": .optional(delivery.responseStatus),
            "error": .optional(delivery.error),
        ]
    }
}
