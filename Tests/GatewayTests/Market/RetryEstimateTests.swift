import Testing

@testable import Gateway

@Suite struct RetryEstimateTests {
    @Test func `a full model is tried again when those before have had their slots`() {
        // Five jobs of 6 s on two slots.
        #expect(RetryEstimate.atCapacity(waiting: 4, slots: 2, jobTime: .seconds(6)) == 15)
        #expect(RetryEstimate.atCapacity(waiting: 0, slots: 4, jobTime: .seconds(1)) == 1)
        #expect(RetryEstimate.atCapacity(waiting: 1, slots: 1, jobTime: nil) == 10)
    }

    @Test func `who has been away for long is looked for less often`() {
        var last = 0
        for seconds in 0...3_600 {
            let estimate = RetryEstimate.noWorkers(absence: .seconds(seconds))
            #expect(estimate >= last)
            last = estimate
        }
        #expect(RetryEstimate.noWorkers(absence: .zero) == 5)
        #expect(RetryEstimate.noWorkers(absence: .seconds(120)) == 30)
        #expect(last == 300)
    }

    @Test func `the end of a time set aside is told to the second, rounded up`() {
        #expect(RetryEstimate.setAside(for: .milliseconds(29_001)) == 30)
        #expect(RetryEstimate.setAside(for: .seconds(30)) == 30)
    }

    @Test func `every estimate is a whole number of seconds within the bounds`() {
        let times: [Duration] = [.seconds(-5), .zero, .milliseconds(1), .seconds(301), .seconds(Int64.max / 4)]
        for time in times {
            for estimate in [
                RetryEstimate.atCapacity(waiting: 1_024, slots: 0, jobTime: time),
                RetryEstimate.atCapacity(waiting: 0, slots: .max, jobTime: time),
                RetryEstimate.noWorkers(absence: time), RetryEstimate.setAside(for: time),
                RetryEstimate.shuttingDown(longestJob: time),
            ] {
                #expect(RetryEstimate.bounds.contains(estimate))
            }
        }
    }
}
