import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes one reply from the HTTP client and hands it over read by read.
///
/// The client's async body gives one buffer at a time and does not say which came together; each would become a message
/// of its own on the way to the caller. This delegate collects what one read of the socket brought and wakes the reader
/// once, after the event loop is through with that read.
///
/// Bound: past ``highWaterMark`` unread bytes the client stops reading from the socket until the reader has taken
/// them, so a slow reader slows the backend down and nothing is dropped.
final class ResponseInbox: HTTPClientResponseDelegate {
    typealias Response = Void

    /// What there is to read next, in the order of the reply.
    enum Arrival: Sendable {
        /// The connection stands and the request's head is on it.
        case requestSent

        case head(HTTPResponseHead)

        /// All body buffers that came since the last call; never empty.
        case body([ByteBuffer])

        /// The reply ended as HTTP says it should.
        case end
    }

    private struct State {
        var requestSent = false
        var head: HTTPResponseHead?
        var parts: [ByteBuffer] = []
        var byteCount = 0
        var outcome: Result<Void, any Error>?
        /// Completed when the reader has taken `parts`; the client reads on then.
        var readOn: EventLoopPromise<Void>?
        var reader: CheckedContinuation<Void, Never>?
        var isWakeScheduled = false

        /// The next arrival, taken out of the state; `nil` if the reader has to wait.
        mutating func takeNext() throws -> (Arrival, EventLoopPromise<Void>?)? {
            if requestSent {
                requestSent = false
                return (.requestSent, nil)
            }
            if let head {
                self.head = nil
                return (.head(head), nil)
            }
            if !parts.isEmpty {
                defer { (parts, byteCount, readOn) = ([], 0, nil) }
                return (.body(parts), readOn)
            }
            guard let outcome else { return nil }
            try outcome.get()
            return (.end, nil)
        }
    }

    /// Unread bytes past which the client stops reading.
    static let highWaterMark = 256 << 10

    private let state = Mutex(State())

    /// Waits for what comes next.
    ///
    /// Only one task may read. Cancelling the task does not end the wait; cancelling the request does.
    ///
    /// - Throws: What ended the reply early, once all that came before has been read.
    func next() async throws -> Arrival {
        while true {
            if let (arrival, readOn) = try state.withLock({ try $0.takeNext() }) {
                readOn?.succeed()
                return arrival
            }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    precondition(state.reader == nil, "two tasks read one reply")
                    if state.requestSent || state.head != nil || !state.parts.isEmpty || state.outcome != nil {
                        return true
                    }
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Gives a reply that was read as far as it matters a moment to end, after which its connection can be used again.
    ///
    /// - Parameters:
    ///   - exchange: The request whose reply this is.
    ///   - limit: After this time the connection is closed instead.
    func expectEnd(of exchange: HTTPClient.Task<Void>, within limit: TimeAmount) {
        let (isOver, readOn) = state.withLock { state in
            defer { (state.parts, state.byteCount, state.readOn) = ([], 0, nil) }
            return (state.outcome != nil, state.readOn)
        }
        readOn?.succeed()
        guard !isOver else { return }
        let end = exchange.eventLoop.scheduleTask(in: limit) { exchange.cancel() }
        exchange.futureResult.whenComplete { _ in end.cancel() }
    }

    // MARK: What the client reports, on the request's event loop

    func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
        state.withLock { $0.requestSent = true }
        wakeReader(on: task.eventLoop)
    }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock { $0.head = head }
        wakeReader(on: task.eventLoop)
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let readOn: EventLoopPromise<Void>? = state.withLock { state in
            guard state.outcome == nil else { return nil }
            state.parts.append(buffer)
            state.byteCount += buffer.readableBytes
            guard state.byteCount > Self.highWaterMark else { return nil }
            let promise = task.eventLoop.makePromise(of: Void.self)
            state.readOn = promise
            return promise
        }
        wakeReader(on: task.eventLoop)
        return readOn?.futureResult ?? task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {
        state.withLock { $0.outcome = .success(()) }
        wakeReader(on: task.eventLoop)
    }

    func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) {
        let readOn = state.withLock { state in
            state.outcome = state.outcome ?? .failure(error)
            defer { state.readOn = nil }
            return state.readOn
        }
        readOn?.succeed()
        wakeReader(on: task.eventLoop)
    }

    /// Wakes the reader when the event loop is through with what it is doing: the rest of the same read comes first.
    private func wakeReader(on eventLoop: any EventLoop) {
        let isScheduled = state.withLock { state in
            defer { state.isWakeScheduled = true }
            return state.isWakeScheduled
        }
        guard !isScheduled else { return }
        eventLoop.execute {
            let reader = self.state.withLock { state in
                state.isWakeScheduled = false
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume()
        }
    }
}
