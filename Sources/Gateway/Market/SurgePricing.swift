/// How a price follows demand: `[pricing]` of the configuration.
///
/// With u the model's utilisation (``ModelLoad``) and t = (u − 0.5) ÷ 0.5, held to 0 to 1, the multiplier is
/// 1 + (surge_max − 1) × t² × (3 − 2t), to the thousandth: 1 up to half of the slots in use, `surge_max` from all of
/// them on, and without a jump or a bend between. Both prices are rounded up to whole credits after it.
package struct SurgePricing: Sendable, Equatable {
    /// The highest multiplier; 1: prices never move.
    package var surgeMax = 1.0
    /// The time over which utilisation is averaged.
    package var window: Duration = .seconds(180)

    /// Utilisation from which prices rise.
    static let start = 0.5
    /// Utilisation from which they are at their highest.
    static let full = 1.0

    package init() {}

    func price(base: Price, utilisation: Double) -> Price {
        let thousandths = thousandths(at: utilisation)
        func raised(_ credits: Int) -> Int { (credits * thousandths + 999) / 1_000 }
        return Price(
            creditsPerRequest: raised(base.creditsPerRequest),
            creditsPerThousandTokens: raised(base.creditsPerThousandTokens)
        )
    }

    /// The multiplier, times 1,000: a product of fractions could come out a hair over a whole number of credits.
    func thousandths(at utilisation: Double) -> Int {
        let t = min(max((utilisation - Self.start) / (Self.full - Self.start), 0), 1)
        return Int(((1 + (surgeMax - 1) * t * t * (3 - 2 * t)) * 1_000).rounded())
    }
}
