/// One try to deliver a message.
package struct DeliveryAttempt: Sendable, Equatable {
    package var messageID: String
    package var webhookID: String
    /// When it ended, Unix milliseconds.
    package var at: Int64
    /// The HTTP status of the answer; nil if there was none.
    package var responseStatus: Int?
    /// Why it failed, for the account; nil if the receiver took the message.
    package var error: String?

    package init(messageID: String, webhookID: String, at: Int64, responseStatus: Int?, error: String?) {
        self.messageID = messageID
        self.webhookID = webhookID
        self.at = at
        self.responseStatus = responseStatus
        self.error = error
    }

    /// What follows from it.
    package enum Consequence: Sendable, Equatable {
        case delivered
        /// It is sent again at this time, Unix milliseconds.
        case retry(at: Int64)
        /// It is sent again once the webhook, which was disabled meanwhile, is active.
        case held
        /// It was the last try.
        case dead
        /// It was the last try, and its webhook, which was failing for too long, was disabled with it.
        case disabled
        /// The message, or its webhook, was removed meanwhile.
        case gone
    }
}
