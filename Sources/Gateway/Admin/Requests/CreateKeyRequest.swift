/// The body of `POST /v1/accounts/{wallet}/keys`.
struct CreateKeyRequest: Codable, Sendable {
    /// `live` or `test`.
    var kind: String
    /// For people; may be empty.
    var name: String
}
