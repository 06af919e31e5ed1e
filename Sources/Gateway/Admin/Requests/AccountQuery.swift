package import Signing

/// Which accounts to list, in the order of their wallets.
package struct AccountQuery: Sendable, Equatable {
    /// The last wallet of the page before.
    package var after: Address?
    /// See ``AdminLimits/page``.
    package var limit: Int

    package init(after: Address? = nil, limit: Int = AdminLimits.defaultPage) {
        self.after = after
        self.limit = limit
    }
}
