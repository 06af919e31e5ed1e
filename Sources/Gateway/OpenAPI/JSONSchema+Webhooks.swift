import GatewayStore
import StrictJSON
import Webhooks

// What accounts are told of without asking.

extension JSONSchema {
    private static let events = array(of: word(WebhookEvent.choices.map(\.rawValue)), 1...WebhookEvent.choices.count)
        .with("uniqueItems", true)

    private static let url = string(1...WebhookURL.longest, pattern: "^https://", format: "uri")
        .describing("Of the open Internet, without a user and a fragment.")

    private static let threshold = integer(WebhookRequest.thresholds)
        .describing("`credit.low` is sent when the balance falls below so many credits.")

    /// Base64 of 24 to 64 bytes; in the last digit before a padding, the bits that stand for nothing are zero.
    private static let secret: JSONSchema = {
        let digit = "[A-Za-z0-9+/]"
        let endOfOne = "\(digit)[AQgw]=="
        let endOfTwo = "\(digit){2}[AEIMQUYcgkosw048]="
        return string(
            pattern: "^whsec_(?:\(digit){4}){8,20}(?:\(digit){4}(?:\(endOfOne))?|\(endOfOne)|\(endOfTwo))?$"
        )
    }()

    static let webhookRequest = request(
        required: ["url": url, "events": events],
        optional: [
            "secret": secret.describing("`whsec_` and the base64 of 24 to 64 random bytes; null: one is made."),
            "credit_low_threshold": threshold.byDefault(.integer(WebhookRequest.defaultThreshold)),
        ]
    )

    static let webhookChange = request(optional: [
        "url": url,
        "events": events,
        "status": word(Webhook.Status.allCases.map(\.rawValue)),
        "credit_low_threshold": threshold,
    ])

    static let webhook = answer([
        "id": webhookID,
        "object": constant("webhook"),
        "url": string(),
        "events": events,
        "status": word(Webhook.Status.allCases.map(\.rawValue)),
        "disabled_reason": string().orNull.describing("Why the gateway disabled it."),
        "failing_since": time.orNull.describing("The first failure since a message arrived last."),
        "credit_low_threshold": threshold,
        "created_at": time,
    ])

    static let newWebhook = webhook.extended(by: [
        "secret": string(pattern: "^whsec_").describing("Signs the messages. Shown here only.")
    ])

    static let deletedWebhook = answer([
        "id": webhookID, "object": constant("webhook"), "deleted": constant(true),
    ])

    static let delivery = answer([
        "id": messageID.describing("The message's `webhook-id`, the same in every attempt."),
        "object": constant("webhook_delivery"),
        "webhook_id": webhookID,
        "type": word(WebhookEvent.allCases.map(\.rawValue)),
        "status": word(WebhookDelivery.Status.allCases.map(\.rawValue)),
        "attempts": count.describing("Since it was made, or last asked for again."),
        "created_at": time,
        "last_attempt_at": time.orNull,
        "next_attempt_at": time.orNull,
        "response_status": integer(100...999).orNull.describing("Of the last attempt's answer."),
        "error": string().orNull.describing("Why the last attempt failed."),
    ])
}
