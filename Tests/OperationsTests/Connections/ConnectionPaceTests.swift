import NIOCore
import Testing

@testable import Operations

struct ConnectionPaceTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let bounds = HTTPBounds()

    private func request(isLast: Bool = false, expectsContinue: Bool = false) -> ConnectionPace.Request {
        .init(isHTTP10: false, isLast: isLast, expectsContinue: expectsContinue)
    }

    private func pace() -> ConnectionPace { ConnectionPace(bounds: bounds, at: start) }

    @Test func `a connection without a byte ends silently, one with half a head is told`() {
        var silent = pace()
        #expect(silent.deadline == start + .seconds(20))
        #expect(silent.timeReached(start + .seconds(19)) == .wait)
        #expect(silent.timeReached(start + .seconds(20)) == .close)

        var slow = pace()
        slow.bytesReceived(at: start + .seconds(15))
        // The time counts from the connection's start, or a byte at a time would stretch it.
        #expect(slow.timeReached(start + .seconds(20)) == .refuse(.headersTooSlow))
    }

    @Test func `between requests it may stand idle, and the next head has its own time`() {
        var pace = pace()
        pace.headReceived(request(), at: start)
        pace.endReceived()
        #expect(pace.deadline == nil, "it is the gateway's turn")
        #expect(pace.answerBegins()?.isLast == false)
        #expect(pace.answerEnded(at: start + .seconds(50)) == .goOn)
        #expect(pace.deadline == start + .seconds(170))
        pace.bytesReceived(at: start + .seconds(100))
        pace.bytesReceived(at: start + .seconds(110))
        #expect(pace.deadline == start + .seconds(120))
        #expect(pace.timeReached(start + .seconds(120)) == .refuse(.headersTooSlow))
    }

    @Test func `a body must come on, and come to its end`() {
        var still = pace()
        still.headReceived(request(), at: start)
        still.bodyReceived(bytes: 4095)
        #expect(still.timeReached(start + .seconds(10)) == .refuse(.bodyTooSlow))

        var slow = pace()
        slow.headReceived(request(), at: start)
        for stretch in 1...5 {
            slow.bodyReceived(bytes: 4096)
            #expect(slow.timeReached(start + .seconds(Int64(10 * stretch))) == .wait)
        }
        slow.bodyReceived(bytes: 100_000)
        #expect(slow.timeReached(start + .seconds(60)) == .refuse(.bodyTooSlow))
    }

    @Test func `an answer that comes before the body's end is the last`() {
        var pace = pace()
        pace.headReceived(request(), at: start)
        pace.bodyReceived(bytes: 10)
        #expect(pace.answerBegins()?.isLast == true)
        #expect(pace.deadline == nil)
        #expect(pace.answerEnded(at: start) == .close)
    }

    @Test func `a fault in what was sent ahead waits for the answers before it`() {
        var pace = pace()
        pace.headReceived(request(), at: start)
        pace.endReceived()
        pace.headReceived(request(), at: start)
        pace.endReceived()
        #expect(pace.failed(.malformed) == .wait)
        #expect(pace.failed(.headersTooLarge) == .wait, "the first fault counts")
        #expect(!pace.takesRequests)
        _ = pace.answerBegins()
        #expect(pace.answerEnded(at: start) == .goOn)
        _ = pace.answerBegins()
        #expect(pace.answerEnded(at: start) == .refuse(.malformed))
    }

    @Test func `a fault in the body of a request is its answer, if it has none yet`() {
        var waiting = pace()
        waiting.headReceived(request(), at: start)
        #expect(waiting.failed(.malformed) == .refuse(.malformed))

        var answered = pace()
        answered.headReceived(request(), at: start)
        _ = answered.answerBegins()
        #expect(answered.failed(.malformed) == .wait)
        #expect(answered.answerEnded(at: start) == .close)
    }

    @Test func `a fault in a body sent ahead is told once that request is the first`() {
        var pace = pace()
        pace.headReceived(request(), at: start)
        pace.endReceived()
        pace.headReceived(request(), at: start)
        #expect(pace.failed(.bodiesTooLarge) == .wait)
        _ = pace.answerBegins()
        #expect(pace.answerEnded(at: start) == .refuse(.bodiesTooLarge))
    }

    @Test func `nothing is taken after a request that wants to be the last`() {
        var pace = pace()
        pace.headReceived(request(isLast: true), at: start)
        #expect(!pace.takesRequests)
        #expect(pace.takesBody)
        pace.endReceived()
        _ = pace.answerBegins()
        #expect(pace.answerEnded(at: start) == .close)
    }

    @Test func `a caller that waits to go on is told once, and only before its body and its answer`() {
        var pace = pace()
        pace.headReceived(request(expectsContinue: true), at: start)
        #expect(pace.bodyWanted() == true)
        #expect(pace.bodyWanted() == false)

        var eager = self.pace()
        eager.headReceived(request(expectsContinue: true), at: start)
        eager.bodyReceived(bytes: 1)
        #expect(eager.bodyWanted() == false)

        var refused = self.pace()
        refused.headReceived(request(expectsContinue: true), at: start)
        _ = refused.answerBegins()
        #expect(refused.bodyWanted() == false)
    }

    @Test func `after its end a connection throws away so many bytes for so long`() {
        var pace = pace()
        pace.closing(at: start)
        #expect(pace.deadline == start + .seconds(5))
        #expect(pace.threwAway(bytes: 64 << 20) == false)
        #expect(pace.threwAway(bytes: 1) == true)
        #expect(pace.failed(.malformed) == .wait)
        #expect(pace.timeReached(start + .seconds(5)) == .close)
        pace.lingersOn(at: start + .seconds(5))
        #expect(pace.timeReached(start + .seconds(9)) == .wait)
        #expect(pace.timeReached(start + .seconds(10)) == .close)
    }

    @Test func `only a complete request keeps a connection from giving way`() {
        var pace = pace()
        #expect(!pace.isBusy)
        pace.headReceived(request(), at: start)
        #expect(!pace.isBusy)
        pace.endReceived()
        #expect(pace.isBusy)
        _ = pace.answerBegins()
        _ = pace.answerEnded(at: start)
        #expect(!pace.isBusy)
    }
}
