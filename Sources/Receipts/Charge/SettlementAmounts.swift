/// How the credits of a lock are divided when its job is settled.
///
/// Always: locked = charged + refunded, and charged × 10,000 = worker's + treasury's micro-USDC.
package struct SettlementAmounts: Sendable, Hashable {
    package let creditsLocked: Int
    package let creditsCharged: Int
    package let creditsRefunded: Int
    package let workerMicroUSDC: Int
    package let treasuryMicroUSDC: Int

    /// Divides a lock.
    ///
    /// The worker's part is charged × 10,000 × share ÷ 10,000: a credit has as many micro-USDC as a whole has basis
    /// points, so nothing is rounded.
    ///
    /// - Parameters:
    ///   - creditsLocked: What was set aside for the job.
    ///   - creditsCharged: What it costs.
    ///   - shareBPS: The worker's share, from 0 to 10,000 basis points.
    /// - Throws: ``ReceiptError/Code/amountOutOfRange`` where more is charged than was locked, or a number is not
    ///   within ``Amounts``.
    package init(creditsLocked: Int, creditsCharged: Int, shareBPS: Int) throws(ReceiptError) {
        guard (0...Amounts.largestCredits).contains(creditsLocked), (0...creditsLocked).contains(creditsCharged) else {
            throw ReceiptError(
                code: .amountOutOfRange,
                message: "a charge of \(creditsCharged) credits does not fit a lock of \(creditsLocked)"
            )
        }
        guard (0...Amounts.wholeShareBPS).contains(shareBPS) else {
            throw ReceiptError(code: .amountOutOfRange, message: "a share of \(shareBPS) basis points is none")
        }
        self.creditsLocked = creditsLocked
        self.creditsCharged = creditsCharged
        creditsRefunded = creditsLocked - creditsCharged
        workerMicroUSDC = creditsCharged * shareBPS
        treasuryMicroUSDC = creditsCharged * (Amounts.wholeShareBPS - shareBPS)
    }

    /// Takes amounts as somebody else states them.
    ///
    /// - Throws: ``ReceiptError/Code/malformed`` where the sums do not hold.
    package init(
        creditsLocked: Int,
        creditsCharged: Int,
        creditsRefunded: Int,
        workerMicroUSDC: Int,
        treasuryMicroUSDC: Int
    ) throws(ReceiptError) {
        let credits = [creditsLocked, creditsCharged, creditsRefunded]
        let money = [workerMicroUSDC, treasuryMicroUSDC]
        guard credits.allSatisfy((0...Amounts.largestCredits).contains),
            money.allSatisfy((0...Amounts.largestInteger).contains),
            creditsCharged + creditsRefunded == creditsLocked,
            workerMicroUSDC + treasuryMicroUSDC == creditsCharged * Amounts.microUSDCPerCredit
        else {
            throw ReceiptError(
                code: .malformed,
                message: "the amounts do not add up: \(creditsLocked) credits locked, \(creditsCharged) charged,"
                    + " \(creditsRefunded) refunded; \(workerMicroUSDC) micro-USDC for the worker,"
                    + " \(treasuryMicroUSDC) for the treasury"
            )
        }
        self.creditsLocked = creditsLocked
        self.creditsCharged = creditsCharged
        self.creditsRefunded = creditsRefunded
        self.workerMicroUSDC = workerMicroUSDC
        self.treasuryMicroUSDC = treasuryMicroUSDC
    }
}
