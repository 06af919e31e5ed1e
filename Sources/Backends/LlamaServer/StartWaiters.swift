import Synchronization

/// Wakes who waits for a server that starts, whenever something about it changed.
final class StartWaiters: Sendable {
    private let waiting = Mutex<[AsyncStream<Never>.Continuation]>([])

    /// A wait that ends with the next change; the caller looks at the state after asking for it and before waiting.
    ///
    /// Kept until that change, so only who really waits may ask: a start ends well or badly within its time.
    func nextChange() -> AsyncStream<Never> {
        let (change, end) = AsyncStream<Never>.makeStream()
        waiting.withLock { $0.append(end) }
        return change
    }

    /// Something changed.
    func wake() {
        let woken = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for end in woken { end.finish() }
    }
}
