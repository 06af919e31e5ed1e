import Testing

@testable import Worker

struct TakeoverWatchTests {
    private let start = ContinuousClock.now

    /// What the watch says of sessions superseded at these seconds.
    private func verdicts(_ seconds: Int...) -> [Bool] {
        var watch = TakeoverWatch()
        return seconds.map { watch.superseded(at: start + .seconds($0)) }
    }

    @Test func `superseded twice within ten minutes means another machine`() {
        #expect(verdicts(0, 599) == [false, true])
    }

    @Test func `superseded now and then does not`() {
        #expect(verdicts(0, 600, 1_300) == [false, false, false])
    }
}
