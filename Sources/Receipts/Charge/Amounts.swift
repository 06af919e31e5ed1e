import StrictJSON

/// The bounds of money and counts in signed documents.
package enum Amounts {
    /// 1 credit is 10,000 micro-USDC, exactly.
    package static let microUSDCPerCredit = 10_000

    /// The whole of a share, in basis points.
    package static let wholeShareBPS = 10_000

    /// The largest number that every reader of JSON holds exactly: 2^53 - 1.
    package static let largestInteger = CanonicalJSON.largestInteger

    /// The largest number of credits whose micro-USDC still fit ``largestInteger``.
    package static let largestCredits = largestInteger / microUSDCPerCredit

    /// The most choices that a request can ask for in any version of the API.
    package static let largestChoices = 128

    /// The most tokens that one choice, and one prompt, can have.
    package static let largestTokens = Int(Int32.max)
}
