import Hummingbird
import NIOCore

/// A request's body that says so when somebody begins to read it.
struct AnnouncedBody: AsyncSequence, Sendable {
    let base: Hummingbird.RequestBody
    let wanted: @Sendable () -> Void

    func makeAsyncIterator() -> Hummingbird.RequestBody.AsyncIterator {
        wanted()
        return base.makeAsyncIterator()
    }
}
