import Testing

@testable import Gateway

@Suite struct MarketTests {
    private let start = ContinuousClock.now
    private let model = CatalogueModel(
        id: "m",
        ownedBy: "tests",
        tier: .standard,
        parameters: "1M",
        contextWindow: 2_048
    )

    private func market(surgeMax: Double = 3) -> Market {
        var pricing = SurgePricing()
        pricing.surgeMax = surgeMax
        pricing.window = .seconds(10)
        return Market(pricing: pricing, startedAt: start)
    }

    private let full = ModelCapacity(workers: 1, slots: 2, busy: 2)

    @Test func `demand that lasts raises the price, and its end lets it fall to the base`() {
        let market = market()
        #expect(market.price(of: model) == Tier.standard.basePrice)
        for second in 1...120 { market.observe(["m": full], waiting: [:], at: start + .seconds(second)) }
        #expect(market.price(of: model) == Price(creditsPerRequest: 24, creditsPerThousandTokens: 12))
        for second in 121...240 { market.observe([:], waiting: [:], at: start + .seconds(second)) }
        #expect(market.price(of: model) == Tier.standard.basePrice)
    }

    @Test func `demand for one model leaves the others' prices alone`() {
        let market = market()
        for second in 1...120 { market.observe(["other": full], waiting: [:], at: start + .seconds(second)) }
        #expect(market.price(of: model) == Tier.standard.basePrice)
    }

    @Test func `a queue is estimated by how long the model's jobs took`() {
        let market = market()
        market.observe(["m": full], waiting: [:], at: start)
        #expect(market.retryAtCapacity("m", waiting: 1) == 5)
        for _ in 0..<100 { market.jobEnded(of: "m", after: .seconds(20)) }
        #expect(market.retryAtCapacity("m", waiting: 1) == 20)
        #expect(market.retryAtCapacity("m", waiting: 3) == 40)
        #expect(market.timeLeft(of: "m", age: .seconds(15)) == .seconds(5))
        #expect(market.timeLeft(of: "m", age: .seconds(50)) == .zero)
    }

    @Test func `the back-off begins when the last worker goes, or with the gateway`() {
        let market = market()
        #expect(market.retryWithoutWorkers("m", at: start + .seconds(400)) == 100)
        market.observe(["m": full], waiting: [:], at: start + .seconds(400))
        #expect(market.retryWithoutWorkers("m", at: start + .seconds(401)) == 5)
        market.observe([:], waiting: [:], at: start + .seconds(440))
        #expect(market.retryWithoutWorkers("m", at: start + .seconds(440)) == 10)
    }

    @Test func `supply and demand are observed once in a second`() {
        let market = market()
        #expect(!market.isObservationDue(at: start + .milliseconds(750)))
        #expect(market.isObservationDue(at: start + .seconds(1)))
        market.observe([:], waiting: [:], at: start + .seconds(1))
        #expect(!market.isObservationDue(at: start + .milliseconds(1_250)))
    }
}
