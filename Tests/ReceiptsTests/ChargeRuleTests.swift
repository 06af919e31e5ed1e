import Receipts
import Testing

@Suite struct ChargeRuleTests {
    /// The prices of the standard tier, for one choice.
    private let standard = ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 1)

    @Test(arguments: [
        (0, 8), (1, 8), (499, 8), (500, 8), (501, 9), (750, 9), (751, 10), (1_000, 10), (1_001, 11), (1_500, 12),
        (2_048, 15),
        (100_500, 408),
    ])
    func `the base covers 500 tokens and the rest is rounded up`(tokens: Int, credits: Int) throws {
        #expect(try standard.charge(completionTokens: tokens) == credits)
    }

    @Test(arguments: [(0, 24), (1_500, 24), (1_501, 25), (1_750, 25), (1_751, 26), (3_000, 30)])
    func `choices share what their bases cover and are rounded up once`(tokens: Int, credits: Int) throws {
        let rule = ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: 4, choices: 3)
        #expect(try rule.charge(completionTokens: tokens) == credits)
    }

    @Test func `the lock is the charge where every choice uses up its limit`() throws {
        for choices in 1...8 {
            for price in [0, 1, 4, 7, 20] {
                let rule = ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: price, choices: choices)
                for limit in [1, 499, 500, 501, 777, 2_048, 8_192] {
                    let lock = try rule.lock(maxOutputTokens: limit)
                    #expect(try lock == rule.charge(completionTokens: choices * limit))
                    // No charge within the limit is more than the lock, and more tokens never cost less.
                    var last = 0
                    for tokens in stride(from: 0, through: choices * limit, by: 97) {
                        let charge = try rule.charge(completionTokens: tokens)
                        #expect((last...lock).contains(charge))
                        last = charge
                    }
                }
            }
        }
    }

    @Test func `the affordable limit is the largest whose lock can be paid`() throws {
        for choices in 1...4 {
            for price in [1, 4, 9, 1_500] {
                let rule = ChargeRule(creditsPerRequest: 8, creditsPer1kTokens: price, choices: choices)
                for credits in 0..<120 {
                    guard let limit = rule.affordableOutputTokens(credits: credits) else {
                        #expect(credits < 8 * choices)
                        continue
                    }
                    #expect(limit >= 500)
                    #expect(try rule.lock(maxOutputTokens: limit) <= credits)
                    #expect(try rule.lock(maxOutputTokens: limit + 1) > credits)
                }
            }
        }
    }

    @Test func `a model without a price by the token has no affordable limit but the largest`() {
        let rule = ChargeRule(creditsPerRequest: 2, creditsPer1kTokens: 0, choices: 1)
        #expect(rule.affordableOutputTokens(credits: 2) == Amounts.largestTokens)
        #expect(rule.affordableOutputTokens(credits: 1) == nil)
        #expect(standard.affordableOutputTokens(credits: Int.max) == Amounts.largestTokens)
    }

    @Test func `amounts that no document can hold are refused`() throws {
        let dear = ChargeRule(
            creditsPerRequest: Amounts.largestCredits,
            creditsPer1kTokens: Amounts.largestCredits,
            choices: 128
        )
        for tokens in [-1, 0, 64_001, 1 << 40, Int.max, Int.min] {
            let error = #expect(throws: ReceiptError.self) { try dear.charge(completionTokens: tokens) }
            #expect(error?.code == .amountOutOfRange)
        }
        #expect(throws: ReceiptError.self) { try dear.lock(maxOutputTokens: Int.max) }
        #expect(throws: ReceiptError.self) { try standard.charge(completionTokens: Int.max) }
        let whole = ChargeRule(creditsPerRequest: Amounts.largestCredits, creditsPer1kTokens: 1, choices: 1)
        #expect(try whole.charge(completionTokens: 500) == Amounts.largestCredits)
        #expect(throws: ReceiptError.self) { try whole.charge(completionTokens: 501) }
    }
}
