package import Signing
package import Webhooks

/// A webhook that is to be made.
package struct NewWebhook: Sendable {
    package var wallet: Address
    package var url: WebhookURL
    package var events: [WebhookEvent]
    package var secret: WebhookSecret
    package var creditLowThreshold: Int
    /// Unix milliseconds.
    package var createdAt: Int64

    package init(
        wallet: Address,
        url: WebhookURL,
        events: [WebhookEvent],
        secret: WebhookSecret,
        creditLowThreshold: Int,
        createdAt: Int64
    ) {
        self.wallet = wallet
        self.url = url
        self.events = events
        self.secret = secret
        self.creditLowThreshold = creditLowThreshold
        self.createdAt = createdAt
    }
}

/// What is to change of a webhook; `nil` leaves it as it is.
package struct WebhookChange: Sendable {
    package var url: WebhookURL?
    package var events: [WebhookEvent]?
    package var creditLowThreshold: Int?
    package var status: Webhook.Status?

    package init(
        url: WebhookURL? = nil,
        events: [WebhookEvent]? = nil,
        creditLowThreshold: Int? = nil,
        status: Webhook.Status? = nil
    ) {
        self.url = url
        self.events = events
        self.creditLowThreshold = creditLowThreshold
        self.status = status
    }
}
