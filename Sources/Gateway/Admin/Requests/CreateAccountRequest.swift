/// The body of `POST /v1/accounts`.
struct CreateAccountRequest: Codable, Sendable {
    /// Base58.
    var wallet: String
}
