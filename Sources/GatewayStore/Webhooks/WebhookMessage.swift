package import Webhooks

/// What a webhook is to be told, before it is put into words.
package struct WebhookMessage: Sendable {
    /// What the message is about.
    package enum Subject: Sendable {
        /// As its row is when the change is stored.
        case job(JobRecord)
        case account(AccountRecord)
    }

    /// Makes the body of a message: JSON text.
    ///
    /// It is called once for each message, so that every attempt to deliver it sends the same bytes.
    package typealias Renderer = @Sendable (WebhookMessage) -> [UInt8]

    package let event: WebhookEvent
    /// When it happened, Unix milliseconds.
    package let at: Int64
    package let subject: Subject
}
