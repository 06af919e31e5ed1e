package import InferenceAPI

/// What a job costs, in whole credits: the rule that both sides compute.
///
/// A request covers its first 500 output tokens a choice; what goes beyond is charged by the thousand, rounded up
/// once over all choices. With base b, price p, n choices and T tokens over all choices:
/// charge = n × b + max(0, ⌈(T − 500 n) × p ÷ 1000⌉). Source: the API's reference, "Charge". For embeddings, which have no
/// output tokens, n is 1 and T the tokens of the prompt.
package struct ChargeRule: Sendable, Hashable {
    /// Output tokens of a choice that the base covers.
    package static let tokensInBase = 500
    private static let tokensPerPrice = 1_000

    /// b: credits for each choice.
    package let creditsPerRequest: Int
    /// p: credits for a thousand tokens beyond the base.
    package let creditsPer1kTokens: Int
    /// n: how many choices the request asks for.
    package let choices: Int
    /// Which tokens T counts.
    package let billed: BilledTokens

    /// Takes prices that are not negative and at most ``Amounts/largestCredits``, and 1 to 128 choices.
    package init(
        creditsPerRequest: Int,
        creditsPer1kTokens: Int,
        choices: Int,
        billed: BilledTokens = .completion
    ) {
        let prices = 0...Amounts.largestCredits
        precondition(prices.contains(creditsPerRequest) && prices.contains(creditsPer1kTokens), "a price is too large")
        precondition((1...Amounts.largestChoices).contains(choices), "a request has 1 to 128 choices, not \(choices)")
        self.creditsPerRequest = creditsPerRequest
        self.creditsPer1kTokens = creditsPer1kTokens
        self.choices = choices
        self.billed = billed
    }

    /// The charge for what a job used.
    ///
    /// - Throws: ``ReceiptError/Code/amountOutOfRange``.
    package func charge(for usage: TokenUsage) throws(ReceiptError) -> Int {
        try charge(completionTokens: billed.count(in: usage))
    }

    /// The charge for `completionTokens` over all choices, in credits; for those of the prompt where they are billed.
    ///
    /// - Throws: ``ReceiptError/Code/amountOutOfRange`` for a negative count, or a charge that no document can hold.
    package func charge(completionTokens: Int) throws(ReceiptError) -> Int {
        guard completionTokens >= 0 else {
            throw ReceiptError(code: .amountOutOfRange, message: "a number of tokens is not negative")
        }
        let beyond = max(0, completionTokens - Self.tokensInBase * choices)
        let (base, baseOverflow) = creditsPerRequest.multipliedReportingOverflow(by: choices)
        let (price, priceOverflow) = beyond.multipliedReportingOverflow(by: creditsPer1kTokens)
        // Rounded up without adding first, which could overflow.
        let extra = price / Self.tokensPerPrice + (price % Self.tokensPerPrice > 0 ? 1 : 0)
        let (charge, sumOverflow) = base.addingReportingOverflow(extra)
        guard !baseOverflow, !priceOverflow, !sumOverflow, charge <= Amounts.largestCredits else {
            throw ReceiptError(
                code: .amountOutOfRange,
                message: "a charge has at most \(Amounts.largestCredits) credits"
            )
        }
        return charge
    }

    /// The credits to lock for a limit of billed tokens a choice: the charge where every choice uses it up.
    ///
    /// - Throws: ``ReceiptError/Code/amountOutOfRange``.
    package func lock(maxOutputTokens: Int) throws(ReceiptError) -> Int {
        let (tokens, overflow) = maxOutputTokens.multipliedReportingOverflow(by: choices)
        guard !overflow else {
            throw ReceiptError(code: .amountOutOfRange, message: "a limit of \(maxOutputTokens) tokens is too large")
        }
        return try charge(completionTokens: tokens)
    }

    /// The largest limit of output tokens a choice whose lock `credits` can pay.
    ///
    /// - Returns: At least 500, at most ``Amounts/largestTokens``; `nil` where not even the base can be paid.
    package func affordableOutputTokens(credits: Int) -> Int? {
        let (base, overflow) = creditsPerRequest.multipliedReportingOverflow(by: choices)
        guard !overflow, base <= credits else { return nil }
        let (pricePerStep, priceOverflow) = creditsPer1kTokens.multipliedReportingOverflow(by: choices)
        if pricePerStep == 0 { return Amounts.largestTokens }
        let (budget, budgetOverflow) = (credits - base).multipliedReportingOverflow(by: Self.tokensPerPrice)
        if priceOverflow { return Self.tokensInBase }
        if budgetOverflow { return Amounts.largestTokens }
        return min(Amounts.largestTokens, Self.tokensInBase + budget / pricePerStep)
    }
}
