import GatewayStore
import HTTPTypes
import InferenceAPI
import StrictJSON

// Webhooks and their deliveries.

extension APIOperation {
    static let createWebhook = APIOperation(
        id: "createWebhook",
        method: .post,
        path: "/v1/webhooks",
        tag: .webhooks,
        summary: "Make a webhook",
        details: """
            Its URL gets a `POST` for each event: `{"type","timestamp","data"}`, where `data` is the job or the account, \
            signed as Standard Webhooks says. Any 2xx within 10 s takes the message; otherwise it is sent again after \
            5 s, 1 min, 5 min, 30 min, 2 h, 8 h and 24 h.
            """,
        body: .named("WebhookRequest"),
        answers: [
            .json(
                status: 201,
                .named("NewWebhook"),
                "The webhook, with the secret that is never shown again.",
                links: [
                    APILink(name: "show", operation: "getWebhook", id: "$response.body#/id"),
                    APILink(name: "change", operation: "changeWebhook", id: "$response.body#/id"),
                    APILink(name: "test", operation: "testWebhook", id: "$response.body#/id"),
                    APILink(name: "deliveries", operation: "listDeliveries", id: "$response.body#/id"),
                    APILink(name: "delete", operation: "deleteWebhook", id: "$response.body#/id"),
                ]
            )
        ],
        errors: [.operationNotAllowed]
    )

    static let listWebhooks = APIOperation(
        id: "listWebhooks",
        method: .get,
        path: "/v1/webhooks",
        tag: .webhooks,
        summary: "List the account's webhooks",
        answers: [.json(.named("WebhookList"), "The webhooks, the oldest first.")]
    )

    static let getWebhook = APIOperation(
        id: "getWebhook",
        method: .get,
        path: "/v1/webhooks/{id}",
        tag: .webhooks,
        summary: "Show a webhook",
        parameters: [webhook],
        answers: [.json(.named("Webhook"), "The webhook.")],
        errors: [.webhookNotFound]
    )

    static let changeWebhook = APIOperation(
        id: "changeWebhook",
        method: .patch,
        path: "/v1/webhooks/{id}",
        tag: .webhooks,
        summary: "Change a webhook, disable it, or make it active again",
        details: "What is pending waits while a webhook is disabled, and is sent at once when it is active again.",
        parameters: [webhook],
        body: .named("WebhookChange"),
        answers: [.json(.named("Webhook"), "The webhook as it is now.")],
        errors: [.webhookNotFound]
    )

    static let deleteWebhook = APIOperation(
        id: "deleteWebhook",
        method: .delete,
        path: "/v1/webhooks/{id}",
        tag: .webhooks,
        summary: "Delete a webhook and its deliveries",
        parameters: [webhook],
        answers: [.json(.named("DeletedWebhook"), "It is gone.")],
        errors: [.webhookNotFound]
    )

    static let testWebhook = APIOperation(
        id: "testWebhook",
        method: .post,
        path: "/v1/webhooks/{id}/test",
        tag: .webhooks,
        summary: "Send a message of the type webhook.test",
        parameters: [webhook],
        answers: [.json(status: 202, .named("Delivery"), "The delivery, which has just begun.")],
        errors: [.webhookNotFound, .operationNotAllowed]
    )

    static let listDeliveries = APIOperation(
        id: "listDeliveries",
        method: .get,
        path: "/v1/webhooks/{id}/deliveries",
        tag: .webhooks,
        summary: "List a webhook's deliveries, the newest first",
        details: "The newest 10,000 of a webhook are kept, for 30 days.",
        parameters: [webhook] + APIParameter.page(of: .messageID) + [
            .query(
                "status",
                .word(WebhookDelivery.Status.allCases.map(\.rawValue)),
                "Only deliveries that stand there."
            )
        ],
        answers: [.json(.named("DeliveryPage"), "A page of deliveries.")],
        errors: [.webhookNotFound, .invalidParameter, .unknownParameter]
    )

    static let redeliver = APIOperation(
        id: "redeliver",
        method: .post,
        path: "/v1/webhooks/{id}/deliveries/{delivery}/redeliver",
        tag: .webhooks,
        summary: "Send a message again, whatever became of it",
        parameters: [
            webhook,
            APIParameter(name: "delivery", place: .path, schema: .messageID, description: "The delivery."),
        ],
        answers: [.json(status: 202, .named("Delivery"), "The delivery, which begins anew with the same id and body.")],
        errors: [.webhookNotFound, .operationNotAllowed]
    )

    private static let webhook = APIParameter.id(.webhookID, "The webhook.")
}
