import Operations
import Testing

struct ManualWallClockTests {
    @Test func `a manual clock moves only when told to`() {
        let manual = ManualWallClock(milliseconds: 1_000)
        let clock = manual.clock
        #expect(clock.nowMilliseconds == 1_000)
        manual.advance(by: .milliseconds(1_500))
        #expect(clock.nowMilliseconds == 2_500)
        manual.advance(by: .milliseconds(-500))
        #expect(clock.nowMilliseconds == 2_000)
        manual.set(milliseconds: 7)
        #expect(clock.nowMilliseconds == 7)
    }

    @Test func `the live clock agrees with the calendar`() {
        #expect(WallClock.live.nowMilliseconds > 1_700_000_000_000)
    }
}
