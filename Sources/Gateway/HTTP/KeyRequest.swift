import GatewayStore
import InferenceAPI
import Operations

/// What `POST /v1/keys` asks for, checked.
struct KeyRequest: Sendable {
    static let parameters: Set<String> = ["name", "expires_at", "models", "spending_cap_credits", "test"]
    /// Highest spending cap, in credits.
    static let highestCap = 1_000_000_000
    /// Longest name, in characters.
    static let longestName = 128
    /// Models that a key can be held to.
    static let mostModels = 100

    /// For people.
    let name: String
    let kind: APIKey.Kind
    /// Unix milliseconds; `nil`: never.
    let expiresAt: Int64?
    /// `nil`: all.
    let models: [String]?
    /// In credits; `nil`: no bound of its own.
    let spendingCap: Int?

    /// Reads the body; `now` is Unix milliseconds.
    ///
    /// - Throws: ``APIError`` of status 400.
    init(_ body: CheckedObject, catalogue: ModelCatalogue, now: Int64) throws(APIError) {
        name = try body.string("name") ?? ""
        guard name.unicodeScalars.count <= Self.longestName else {
            throw .invalidParameter("name", expected: "at most \(Self.longestName) characters")
        }
        let isTest = try body.bool("test") ?? false
        kind = isTest ? .test : .live
        expiresAt = try Self.expiry(try body.string("expires_at"), now: now)
        models = try body.strings("models", limit: Self.mostModels)
        for (place, model) in (models ?? []).enumerated() {
            do {
                _ = try catalogue.model(named: model, atMilliseconds: now)
            } catch {
                throw .invalidParameter("models.[\(place)]", expected: "the id of a model of this network")
            }
        }
        spendingCap = try body.integer("spending_cap_credits", in: 1...Self.highestCap)
    }

    private static func expiry(_ text: String?, now: Int64) throws(APIError) -> Int64? {
        guard let text else { return nil }
        guard let expires = RFC3339.milliseconds(of: text), expires > now else {
            throw .invalidParameter("expires_at", expected: "a time in the future, as 2027-01-31T12:00:00Z")
        }
        return expires
    }
}
