import Testing

@testable import Webhooks

@Suite struct DeliveryScheduleTests {
    @Test func `waits grow, and the eighth failure is the last`() {
        let schedule = DeliverySchedule()
        let waits = (1...8).map { schedule.wait(afterAttempts: $0, random: 0.5) }
        #expect(waits.dropLast() == schedule.waits.map { $0 as Duration? }[...])
        #expect(waits.last == .some(nil))
    }

    @Test func `a wait is off by a tenth at most`() throws {
        let schedule = DeliverySchedule()
        let shortest = try #require(schedule.wait(afterAttempts: 2, random: 0))
        let longest = try #require(schedule.wait(afterAttempts: 2, random: 1))
        #expect((.seconds(53.999)...Duration.seconds(54.001)).contains(shortest))
        #expect((.seconds(65.999)...Duration.seconds(66.001)).contains(longest))
    }
}
