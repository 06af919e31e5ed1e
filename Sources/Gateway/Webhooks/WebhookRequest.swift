import GatewayStore
import InferenceAPI
import Signing
import Webhooks

/// What `POST /v1/webhooks` and `PATCH /v1/webhooks/{id}` ask for, checked.
///
/// Members: `url`; `events`, an array of distinct names; `credit_low_threshold`, an integer from 1 to 1,000,000,000
/// credits, 100 if a new webhook names none; on creation `secret`, and on a change `status`.
struct WebhookRequest {
    static let ofCreation: Set<String> = ["url", "events", "secret", "credit_low_threshold"]
    static let ofChange: Set<String> = ["url", "events", "status", "credit_low_threshold"]
    static let defaultThreshold = 100
    static let thresholds = 1...1_000_000_000

    let body: CheckedObject
    /// Whether `http` and inside addresses are taken.
    let allowsInside: Bool

    /// The webhook that is to be made; `milliseconds` is the Unix time.
    ///
    /// - Throws: ``APIError`` of status 400, as ``change()``.
    func new(for wallet: Address, at milliseconds: Int64) throws(APIError) -> NewWebhook {
        _ = try body.required("url")
        _ = try body.required("events")
        let change = try change()
        guard let url = change.url, let events = change.events else { throw .missingParameter("url") }
        return NewWebhook(
            wallet: wallet,
            url: url,
            events: events,
            secret: try secret() ?? WebhookSecret.make(),
            creditLowThreshold: change.creditLowThreshold ?? Self.defaultThreshold,
            createdAt: milliseconds
        )
    }

    /// What is to change.
    func change() throws(APIError) -> WebhookChange {
        WebhookChange(
            url: try url(),
            events: try events(),
            creditLowThreshold: try body.integer("credit_low_threshold", in: Self.thresholds),
            status: try status()
        )
    }

    private func url() throws(APIError) -> WebhookURL? {
        guard let text = try body.string("url") else { return nil }
        do {
            return try WebhookURL(text, allowsInside: allowsInside)
        } catch {
            throw .invalidParameter("url", rule: "Invalid value for 'url': \(error.message).")
        }
    }

    private func events() throws(APIError) -> [WebhookEvent]? {
        guard let names = try body.strings("events", limit: WebhookEvent.choices.count) else { return nil }
        var events: [WebhookEvent] = []
        for (place, name) in names.enumerated() {
            guard let event = WebhookEvent.choices.first(where: { $0.rawValue == name }) else {
                let known = WebhookEvent.choices.map(\.rawValue).joined(separator: ", ")
                throw .invalidParameter("events.[\(place)]", expected: "one of \(known)")
            }
            guard !events.contains(event) else {
                throw .invalidParameter("events.[\(place)]", expected: "each event once")
            }
            events.append(event)
        }
        return events
    }

    private func secret() throws(APIError) -> WebhookSecret? {
        guard let text = try body.string("secret") else { return nil }
        guard let secret = WebhookSecret(text) else {
            throw .invalidParameter("secret", expected: "whsec_ and the base64 of 24 to 64 random bytes")
        }
        return secret
    }

    private func status() throws(APIError) -> Webhook.Status? {
        guard let text = try body.string("status") else { return nil }
        guard let status = Webhook.Status(rawValue: text) else {
            throw .invalidParameter("status", expected: "active or disabled")
        }
        return status
    }
}
