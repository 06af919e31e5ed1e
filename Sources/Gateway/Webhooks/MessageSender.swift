import GatewayStore

/// Carries one message to its receiver.
protocol MessageSender: Sendable {
    /// Returns once the receiver has answered, or will not; a cancelled task ends it at once.
    func send(_ message: DueMessage) async -> SendOutcome
}

/// What became of one try to carry a message.
struct SendOutcome: Sendable, Equatable {
    /// The HTTP status of the answer; nil if there was none.
    var responseStatus: Int?
    /// Why it failed, in words for the account; nil if the receiver took the message.
    var error: String?

    /// The receiver answered: any status from 200 to 299 takes the message.
    static func answered(_ status: Int) -> SendOutcome {
        switch status {
        case 200..<300: SendOutcome(responseStatus: status)
        case 300..<400:
            SendOutcome(responseStatus: status, error: "the receiver answered \(status); redirects are not followed")
        default: SendOutcome(responseStatus: status, error: "the receiver answered \(status)")
        }
    }

    static func failed(_ error: String) -> SendOutcome { SendOutcome(error: error) }
}
