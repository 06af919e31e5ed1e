package import Signing

/// Which webhooks to list, the oldest first; nil means any.
package struct WebhookQuery: Sendable, Equatable {
    package var wallet: Address?
    /// The last webhook of the page before.
    package var after: String?
    /// See ``AdminLimits/page``.
    package var limit: Int

    package init(wallet: Address? = nil, after: String? = nil, limit: Int = AdminLimits.defaultPage) {
        self.wallet = wallet
        self.after = after
        self.limit = limit
    }
}
