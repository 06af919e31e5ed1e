import Synchronization
import WorkerProtocol
import WorkerTransport

/// What the tasks of one session share.
final class SessionRun: Sendable {
    let outbox = MessageOutbox<WireWorkerMessage>()
    /// The session's link, once it is live; ends with the session.
    let welcomed: AsyncStream<SessionLink>
    private let welcome: AsyncStream<SessionLink>.Continuation
    /// Ends when this side is done with the session, or never.
    let closed: AsyncStream<Never>
    private let closing: AsyncStream<Never>.Continuation
    private let ended = Mutex<SessionClosure?>(nil)

    init() {
        // At most one element.
        (welcomed, welcome) = AsyncStream.makeStream()
        (closed, closing) = AsyncStream.makeStream()
    }

    /// Why the session ended, once it has.
    var closure: SessionClosure {
        ended.withLock { $0 } ?? SessionClosure(.drained, "this worker ended the session")
    }

    func becameLive(_ link: SessionLink) {
        welcome.yield(link)
    }

    /// Ends the session; the first reason counts.
    func close(_ closure: SessionClosure) {
        ended.withLock { $0 = $0 ?? closure }
        welcome.finish()
        outbox.finish()
        closing.finish()
    }
}
