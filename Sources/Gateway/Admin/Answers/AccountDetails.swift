/// A wallet's account, as the admin API shows it.
package struct AccountDetails: Codable, Sendable, Equatable {
    /// Credits by what they are there for.
    package struct Credits: Codable, Sendable, Equatable {
        /// What a new job can lock: granted and deposited ones.
        package var available: Int
        package var granted: Int
        package var deposited: Int
        /// Set aside for jobs that have not ended.
        package var locked: Int
        /// Charged for jobs so far.
        package var spent: Int
    }

    /// Base58.
    package var wallet: String
    /// RFC 3339.
    package var createdAt: String
    package var credits: Credits

    private enum CodingKeys: String, CodingKey {
        case wallet
        case createdAt = "created_at"
        case credits
    }
}

/// What `accounts create` led to.
package struct CreatedAccount: Codable, Sendable, Equatable {
    package var account: AccountDetails
    /// False if the account was there before; it is then as it was.
    package var isNew: Bool

    private enum CodingKeys: String, CodingKey {
        case account
        case isNew = "is_new"
    }
}

/// What `credits grant` led to; durable.
package struct CreditGrant: Codable, Sendable, Equatable {
    /// Base58.
    package var wallet: String
    package var creditsGranted: Int
    /// What a new job can lock now.
    package var creditsAvailable: Int

    private enum CodingKeys: String, CodingKey {
        case wallet
        case creditsGranted = "credits_granted"
        case creditsAvailable = "credits_available"
    }
}
