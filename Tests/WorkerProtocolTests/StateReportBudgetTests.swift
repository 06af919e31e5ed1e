import Testing

@testable import WorkerProtocol

@Suite struct StateReportBudgetTests {
    @Test func `so many reports fit a window, and the next window has room again`() {
        let start = ContinuousClock.now
        var budget = StateReportBudget()
        for number in 1...StateReportBudget.limit {
            let isTaken = budget.take(at: start + .milliseconds(number))
            #expect(isTaken)
        }
        let oneMore = budget.take(at: start + .seconds(9))
        #expect(!oneMore)
        let later = budget.take(at: start + .seconds(11))
        #expect(later)
    }
}
