import Receipts

/// What a request for a model costs, in whole credits.
struct Price: Sendable, Equatable {
    /// For a choice of up to 500 output tokens.
    var creditsPerRequest: Int
    /// For each 1,000 output tokens beyond those.
    var creditsPerThousandTokens: Int
}

extension Tier {
    /// Without any demand.
    var basePrice: Price {
        Price(creditsPerRequest: creditsPerRequest, creditsPerThousandTokens: creditsPerThousandTokens)
    }
}

extension ChargeRule {
    init(_ price: Price, choices: Int, billed: BilledTokens = .completion) {
        self.init(
            creditsPerRequest: price.creditsPerRequest,
            creditsPer1kTokens: price.creditsPerThousandTokens,
            choices: choices,
            billed: billed
        )
    }
}
