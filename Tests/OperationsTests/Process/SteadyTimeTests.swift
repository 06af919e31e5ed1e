import Testing

@testable import Operations

@Suite struct SteadyTimeTests {
    private let start = ContinuousClock.now
    private let hour: Int64 = 3_600_000

    @Test func `it is the wall clock's time while nobody moves that`() {
        var time = SteadyTime(milliseconds: 1_000_000, at: start)
        for step in stride(from: Int64(0), through: 600_000, by: 7) {
            let told = time.milliseconds(wall: 1_000_000 + step, at: start + .milliseconds(step))
            #expect(abs(told - 1_000_000 - step) <= 1)
        }
    }

    @Test(arguments: [3_600_000, -3_600_000] as [Int64])
    func `a wall clock that is set moves it by a tenth of what passes`(jump: Int64) {
        var time = SteadyTime(milliseconds: 1_000_000, at: start)
        let told = time.milliseconds(wall: 1_120_000 + jump, at: start + .seconds(120))
        #expect(told == 1_120_000 + (jump > 0 ? 12_000 : -12_000))
    }

    @Test func `often asked, it nears the wall clock as fast`() {
        var time = SteadyTime(milliseconds: 0, at: start)
        var told: Int64 = 0
        for microseconds in stride(from: Int64(0), through: 10_000_000, by: 50) {
            told = time.milliseconds(wall: hour, at: start + .microseconds(microseconds))
        }
        #expect(abs(told - 11_000) <= 20)
    }

    @Test func `it gets there, and stays`() {
        var time = SteadyTime(milliseconds: 0, at: start)
        for second in Int64(0)...36_100 {
            _ = time.milliseconds(wall: hour + second * 1000, at: start + .seconds(second))
        }
        #expect(time.milliseconds(wall: hour + 36_101_000, at: start + .seconds(36_101)) == hour + 36_101_000)
    }

    @Test func `it never runs backwards, whatever the clocks do`() {
        var random = SystemRandomNumberGenerator()
        var time = SteadyTime(milliseconds: 0, at: start)
        var before: Int64 = 0
        var now = start
        for _ in 0..<10_000 {
            now += .milliseconds(Int64.random(in: -5...50, using: &random))
            let told = time.milliseconds(wall: Int64.random(in: -hour...hour, using: &random), at: now)
            #expect(told >= before)
            before = told
        }
    }
}
