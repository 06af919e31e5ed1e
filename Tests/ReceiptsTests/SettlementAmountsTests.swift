import Receipts
import Testing

@Suite struct SettlementAmountsTests {
    @Test func `a charge is divided without rest for every share`() throws {
        for charged in [0, 1, 3, 8, 17, 999, Amounts.largestCredits] {
            for shareBPS in [0, 1, 3_333, 7_500, 8_500, 9_999, 10_000] {
                let amounts = try SettlementAmounts(
                    creditsLocked: Amounts.largestCredits,
                    creditsCharged: charged,
                    shareBPS: shareBPS
                )
                #expect(amounts.creditsCharged + amounts.creditsRefunded == amounts.creditsLocked)
                #expect(amounts.workerMicroUSDC + amounts.treasuryMicroUSDC == charged * 10_000)
                #expect(amounts.workerMicroUSDC == charged * shareBPS)
                #expect(
                    try SettlementAmounts(
                        creditsLocked: amounts.creditsLocked,
                        creditsCharged: amounts.creditsCharged,
                        creditsRefunded: amounts.creditsRefunded,
                        workerMicroUSDC: amounts.workerMicroUSDC,
                        treasuryMicroUSDC: amounts.treasuryMicroUSDC
                    ) == amounts
                )
            }
        }
    }

    @Test func `8 credits at 75 % are 60,000 micro-USDC for the worker`() throws {
        let amounts = try SettlementAmounts(creditsLocked: 12, creditsCharged: 8, shareBPS: 7_500)
        #expect(amounts.creditsRefunded == 4)
        #expect(amounts.workerMicroUSDC == 60_000)
        #expect(amounts.treasuryMicroUSDC == 20_000)
    }

    @Test(arguments: [(8, 9, 7_500), (8, -1, 7_500), (-1, 0, 7_500), (8, 8, -1), (8, 8, 10_001), (Int.max, 0, 0)])
    func `a charge that does not fit its lock is refused`(locked: Int, charged: Int, shareBPS: Int) {
        let error = #expect(throws: ReceiptError.self) {
            try SettlementAmounts(creditsLocked: locked, creditsCharged: charged, shareBPS: shareBPS)
        }
        #expect(error?.code == .amountOutOfRange)
    }

    @Test(arguments: [
        (8, 8, 1, 60_000, 20_000), (9, 8, 0, 60_000, 20_000), (8, 8, 0, 60_000, 20_001), (8, 8, 0, 80_001, -1),
        (8, 9, -1, 60_000, 30_000), (8, 8, 0, Int.max, 1),
    ])
    func `stated amounts must add up`(locked: Int, charged: Int, refunded: Int, worker: Int, treasury: Int) {
        let error = #expect(throws: ReceiptError.self) {
            try SettlementAmounts(
                creditsLocked: locked,
                creditsCharged: charged,
                creditsRefunded: refunded,
                workerMicroUSDC: worker,
                treasuryMicroUSDC: treasury
            )
        }
        #expect(error?.code == .malformed)
    }
}
