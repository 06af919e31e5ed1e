import GatewayStore
import Operations

/// A webhook, as the admin API shows it: neither its secret nor its URL, which may hold one.
package struct WebhookDetails: Codable, Sendable, Equatable {
    package var id: String
    /// Base58.
    package var wallet: String
    /// Of its URL.
    package var host: String
    /// `active` or `disabled`.
    package var status: String
    /// Why the gateway disabled it.
    package var disabledReason: String?
    /// RFC 3339, as all times here: the first failure since a message arrived last.
    package var failingSince: String?
    package var createdAt: String
    /// Messages that are to be sent, or wait until it is active again.
    package var pending: Int
    /// Messages that did not arrive and are not tried again by themselves.
    package var dead: Int
    /// Why the last attempt that failed did.
    package var lastError: String?

    private enum CodingKeys: String, CodingKey {
        case id
        case wallet
        case host
        case status
        case disabledReason = "disabled_reason"
        case failingSince = "failing_since"
        case createdAt = "created_at"
        case pending
        case dead
        case lastError = "last_error"
    }
}

extension WebhookDetails {
    init(_ record: WebhookRecord) {
        self.init(
            id: record.webhookID,
            wallet: record.wallet,
            host: record.host,
            status: record.status.rawValue,
            disabledReason: record.disabledReason,
            failingSince: record.failingSince.map { RFC3339.text(milliseconds: $0) },
            createdAt: RFC3339.text(milliseconds: record.createdAt),
            pending: record.pendingCount,
            dead: record.deadCount,
            lastError: record.lastError
        )
    }
}
