import Operations
import Synchronization

/// Hands what happens to everyone who listens, without ever waiting for them.
///
/// Each listener has a buffer of ``bufferedEvents``; one who reads too slowly loses the oldest, because the newest say
/// how the worker is now, and is told how many.
final class EventHub: Sendable {
    static let bufferedEvents = 256
    /// Listeners at a time.
    static let listenerLimit = 16

    private struct State {
        var listeners: [UInt64: Listener] = [:]
        var nextID: UInt64 = 0
    }

    /// One who listens.
    private final class Listener: Sendable {
        let continuation: AsyncStream<WorkerEvent>.Continuation
        let dropped = Atomic<Int>(0)

        init(_ continuation: AsyncStream<WorkerEvent>.Continuation) {
            self.continuation = continuation
        }

        func hand(_ event: WorkerEvent) {
            if case .dropped = continuation.yield(event) { dropped.add(1, ordering: .relaxed) }
        }
    }

    private let clock: WallClock
    private let state = Mutex(State())

    init(clock: WallClock = .live) {
        self.clock = clock
    }

    /// The time, as events carry it.
    var now: String { RFC3339.text(milliseconds: clock.nowMilliseconds) }

    func publish(_ makeEvent: (String) -> WorkerEvent?) {
        let listeners = state.withLock { $0.listeners.values.map { $0 } }
        guard !listeners.isEmpty, let event = makeEvent(now) else { return }
        for listener in listeners { listener.hand(event) }
    }

    /// Listens until `body` returns.
    ///
    /// - Parameter body: Gets the events, and a closure that ends them from elsewhere.
    /// - Returns: What `body` returns; `nil` if ``listenerLimit`` are there already.
    func listen<Value: Sendable>(
        _ body: (Events, @escaping @Sendable () -> Void) async throws -> Value
    ) async rethrows -> Value? {
        let (stream, continuation) = AsyncStream<WorkerEvent>.makeStream(
            bufferingPolicy: .bufferingNewest(Self.bufferedEvents)
        )
        let listener = Listener(continuation)
        let id = state.withLock { state -> UInt64? in
            guard state.listeners.count < Self.listenerLimit else { return nil }
            defer { state.nextID += 1 }
            state.listeners[state.nextID] = listener
            return state.nextID
        }
        guard let id else { return nil }
        defer { state.withLock { $0.listeners[id] = nil } }
        let events = Events(stream: stream) { [clock] in
            let count = listener.dropped.exchange(0, ordering: .relaxed)
            guard count > 0 else { return nil }
            return WorkerEvent(.dropped, at: RFC3339.text(milliseconds: clock.nowMilliseconds), count: count)
        }
        return try await body(events) { continuation.finish() }
    }

    /// The events of one listener, in order, with a word of those that were dropped before the next.
    struct Events: AsyncSequence, Sendable {
        fileprivate let stream: AsyncStream<WorkerEvent>
        fileprivate let takeDropped: @Sendable () -> WorkerEvent?

        func makeAsyncIterator() -> Iterator {
            Iterator(stream: stream.makeAsyncIterator(), takeDropped: takeDropped)
        }

        struct Iterator: AsyncIteratorProtocol {
            fileprivate var stream: AsyncStream<WorkerEvent>.Iterator
            fileprivate let takeDropped: @Sendable () -> WorkerEvent?

            mutating func next() async -> WorkerEvent? {
                if let dropped = takeDropped() { return dropped }
                return await stream.next(isolation: nil)
            }
        }
    }
}
