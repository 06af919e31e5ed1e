import Testing

@testable import Backends

@Suite struct StallWatchTests {
    private var watch = StallWatch()

    /// What the next stalls come to.
    private mutating func stall(times: Int) -> [Bool] {
        var told: [Bool] = []
        for _ in 0..<times { told.append(watch.generationStalled()) }
        return told
    }

    @Test mutating func `three stalls in a row are a hang, and it is told once`() {
        let first = stall(times: 2)
        #expect(first == [false, false])
        #expect(!watch.isHanging)
        let next = stall(times: 2)
        #expect(next == [true, false])
        #expect(watch.isHanging)
    }

    @Test mutating func `a generation that ends between stalls starts the count anew`() {
        _ = stall(times: 2)
        watch.generationEnded()
        let next = stall(times: 2)
        #expect(next == [false, false])
        #expect(!watch.isHanging)
    }

    @Test mutating func `a server that was started anew does not hang`() {
        _ = stall(times: 3)
        watch.restarted()
        #expect(!watch.isHanging)
    }
}
