package import Signing

/// What is known of an API key: everything but the key.
package struct APIKey: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case live
        case test
    }

    /// Names the key where the key itself must not stand: `key_…`.
    package var keyID: String
    /// Whose credits it spends.
    package var wallet: Address
    /// Of the key's text.
    package var sha256: Digest
    /// For people.
    package var name: String
    package var kind: Kind
    /// Unix milliseconds, as the other times.
    package var createdAt: Int64
    package var revokedAt: Int64?
    package var expiresAt: Int64?
    /// Ids of the models that it may use; nil: all.
    package var models: [String]?
    /// Most credits that it may spend; nil: no bound of its own.
    package var spendingCap: Int?

    /// Why a key cannot be used.
    package enum Fault: Sendable, Equatable {
        case revoked
        case expired
    }

    /// Why it cannot be used at a time; nil if it can.
    package func fault(at milliseconds: Int64) -> Fault? {
        if revokedAt != nil { return .revoked }
        guard let expiresAt, expiresAt <= milliseconds else { return nil }
        return .expired
    }
}
