import NIOCore
import Testing

@testable import Operations

struct WriteProgressTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test func `a caller that takes everything is never stalled`() {
        var progress = WriteProgress(bounds: HTTPBounds())
        #expect(progress.isStalled(written: 1000, waiting: 0, at: start) == false)
        #expect(progress.deadline == nil)
        #expect(progress.isStalled(written: 2000, waiting: 0, at: start + .hours(1)) == false)
    }

    @Test func `a caller that takes nothing for the time is stalled`() {
        var progress = WriteProgress(bounds: HTTPBounds())
        #expect(progress.isStalled(written: 1000, waiting: 10, at: start) == false)
        #expect(progress.deadline == start + .seconds(30))
        #expect(progress.isStalled(written: 9000, waiting: 8010, at: start + .seconds(29)) == false)
        #expect(progress.isStalled(written: 9000, waiting: 8010, at: start + .seconds(30)) == true)
    }

    @Test func `a slow caller has the time anew with each 4,096 bytes that it takes`() {
        var progress = WriteProgress(bounds: HTTPBounds())
        #expect(progress.isStalled(written: 100_000, waiting: 100_000, at: start) == false)
        #expect(progress.isStalled(written: 100_000, waiting: 95_904, at: start + .seconds(30)) == false)
        #expect(progress.deadline == start + .seconds(60))
        #expect(progress.isStalled(written: 100_000, waiting: 91_809, at: start + .seconds(60)) == true)
    }

    @Test func `what was caught up with is forgotten`() {
        var progress = WriteProgress(bounds: HTTPBounds())
        #expect(progress.isStalled(written: 10, waiting: 10, at: start) == false)
        #expect(progress.isStalled(written: 10, waiting: 0, at: start + .seconds(29)) == false)
        #expect(progress.isStalled(written: 20, waiting: 10, at: start + .seconds(31)) == false)
    }
}
