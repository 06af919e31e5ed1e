/// The body of `POST /v1/accounts/{wallet}/grants`.
struct GrantCreditsRequest: Codable, Sendable {
    /// At least 1.
    var credits: Int
    /// Why, for people.
    var reference: String?
}
