/// A price class of models.
package enum Tier: String, Sendable, CaseIterable {
    case lite
    case standard
    case pro
    case max

    /// Credits for a completion of up to 500 output tokens.
    package var creditsPerRequest: Int {
        switch self {
        case .lite: 2
        case .standard: 8
        case .pro: 18
        case .max: 40
        }
    }

    /// Credits for each 1,000 output tokens beyond those.
    package var creditsPerThousandTokens: Int { creditsPerRequest / 2 }

    /// For people: "Standard".
    package var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
