import Operations
import Testing

@testable import Worker

/// The network's time, on a machine whose own clock may be wrong or moved.
struct NetworkClockTests {
    private static let hour: Int64 = 3_600_000
    private let wall = ManualWallClock(milliseconds: 1_800_000_000_000)

    @Test func `a clock that was told nothing goes with the machine's`() {
        let clock = NetworkClock(wall.clock)
        #expect((0..<Self.hour / 2).contains(clock.nowMilliseconds - 1_800_000_000_000))
    }

    @Test(arguments: [-Self.hour, 0, Self.hour])
    func `a machine whose clock is off tells the network's time and by how much`(behind: Int64) {
        let clock = NetworkClock(wall.clock)
        let told = 1_800_000_000_000 + behind
        clock.told(milliseconds: told)
        #expect((0..<Self.hour / 2).contains(clock.nowMilliseconds - told))
        #expect((0..<Self.hour / 2).contains(clock.offsetMilliseconds - behind))
    }

    @Test(arguments: [Duration.seconds(3_600), .seconds(-3_600)])
    func `a machine whose clock is moved tells the network's time as before`(jump: Duration) {
        let clock = NetworkClock(wall.clock)
        let told: Int64 = 1_900_000_000_000
        clock.told(milliseconds: told)
        let before = clock.offsetMilliseconds
        wall.advance(by: jump)
        #expect((0..<Self.hour / 2).contains(clock.nowMilliseconds - told))
        let moved = before - clock.offsetMilliseconds
        #expect(abs(moved - jump.components.seconds * 1_000) < Self.hour / 2)
    }
}
