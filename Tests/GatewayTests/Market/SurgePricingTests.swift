import Testing

@testable import Gateway

@Suite struct SurgePricingTests {
    private func pricing(_ surgeMax: Double) -> SurgePricing {
        var pricing = SurgePricing()
        pricing.surgeMax = surgeMax
        return pricing
    }

    @Test(arguments: Tier.allCases)
    func `prices stand unless the operator lets them move`(tier: Tier) {
        for utilisation in [0, 0.5, 1, 2] {
            #expect(SurgePricing().price(base: tier.basePrice, utilisation: utilisation) == tier.basePrice)
        }
    }

    @Test func `the price is the base up to half of the slots, and at its highest from all of them on`() {
        let pricing = pricing(2)
        let base = Price(creditsPerRequest: 18, creditsPerThousandTokens: 9)
        #expect(pricing.price(base: base, utilisation: 0.5) == base)
        let half = Price(creditsPerRequest: 27, creditsPerThousandTokens: 14)
        #expect(pricing.price(base: base, utilisation: 0.75) == half)
        let highest = Price(creditsPerRequest: 36, creditsPerThousandTokens: 18)
        #expect(pricing.price(base: base, utilisation: 1) == highest)
        #expect(pricing.price(base: base, utilisation: ModelLoad.most) == highest)
    }

    @Test func `a product that is whole is not rounded to the next credit`() {
        // 40 × 1.1 is 44.000000000000004 in binary fractions.
        let price = pricing(1.1).price(base: Tier.max.basePrice, utilisation: 1)
        #expect(price == Price(creditsPerRequest: 44, creditsPerThousandTokens: 22))
    }

    @Test func `prices never fall as utilisation rises, move in small steps and stay within their bounds`() {
        var random = SeededSource(seed: 4)
        for _ in 0..<200 {
            let surgeMax = Double.random(in: 1...10, using: &random)
            let pricing = pricing(surgeMax)
            let base = Price(
                creditsPerRequest: Int.random(in: 0...1_000, using: &random),
                creditsPerThousandTokens: Int.random(in: 0...1_000, using: &random)
            )
            var last = base
            var lastThousandths = 1_000
            for step in 0...2_000 {
                let utilisation = Double(step) / 1_000
                let price = pricing.price(base: base, utilisation: utilisation)
                let thousandths = pricing.thousandths(at: utilisation)
                #expect(price.creditsPerRequest >= last.creditsPerRequest)
                #expect(price.creditsPerThousandTokens >= last.creditsPerThousandTokens)
                #expect(Double(price.creditsPerRequest) < Double(base.creditsPerRequest) * (surgeMax + 0.001) + 1)
                // The steepest place, the middle, rises by 1.5 × (surge_max − 1) over half of the utilisation.
                #expect(Double(thousandths - lastThousandths) <= 3 * (surgeMax - 1) + 1)
                (last, lastThousandths) = (price, thousandths)
            }
        }
    }
}
