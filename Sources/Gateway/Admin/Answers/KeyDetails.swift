/// An API key, as the admin API shows it: everything but the key.
package struct KeyDetails: Codable, Sendable, Equatable {
    /// Names the key without being it.
    package var id: String
    /// Base58.
    package var wallet: String
    package var name: String
    /// `live` or `test`.
    package var kind: String
    /// RFC 3339, as all times here.
    package var createdAt: String
    package var expiresAt: String?
    package var revokedAt: String?

    private enum CodingKeys: String, CodingKey {
        case id
        case wallet
        case name
        case kind
        case createdAt = "created_at"
        case expiresAt = "expires_at"
        case revokedAt = "revoked_at"
    }
}

/// A key that was just made: the only answer that holds a key.
package struct CreatedKey: Codable, Sendable, CustomStringConvertible {
    /// The key itself; only its digest is kept.
    package var key: String
    package var details: KeyDetails

    package var description: String { "CreatedKey(\(details.id))" }
}
