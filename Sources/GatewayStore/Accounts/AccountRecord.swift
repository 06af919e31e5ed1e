import GRDB

/// A row of `accounts`: a wallet and its credits.
package struct AccountRecord: Sendable, Equatable {
    /// The wallet's address, base58.
    package let wallet: String
    /// Unix milliseconds.
    package let createdAt: Int64
    package let balance: CreditBalance
}

extension AccountRecord {
    init(row: Row) {
        wallet = row["wallet"]
        createdAt = row["created_at_ms"]
        balance = CreditBalance(
            granted: row["granted_credits"],
            deposited: row["deposited_credits"],
            locked: row["locked_credits"],
            spent: row["spent_credits"]
        )
    }
}
