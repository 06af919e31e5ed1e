import Synchronization

/// Somebody who waits for the answer to a request that another makes.
final class EndingWaiter: Sendable {
    private enum State {
        /// Neither side has come. Goes to `waiting` or `finished`.
        case idle
        /// Suspended. Goes to `finished`.
        case waiting(CheckedContinuation<IdempotencyBook.Ending?, Never>)
        /// The outcome is there, for whoever comes. The end.
        case finished(IdempotencyBook.Ending?)
    }

    private let state = Mutex(State.idle)

    /// Returns how the request ended; nil if the one who waits has hung up.
    func wait() async -> IdempotencyBook.Ending? {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state -> Bool in
                if case .finished = state { return true }
                state = .waiting(continuation)
                return false
            }
            if isFinished { continuation.resume(returning: outcome) }
        }
    }

    /// Ends the wait; the first outcome counts.
    func finish(_ ending: IdempotencyBook.Ending?) {
        let continuation = state.withLock { state -> CheckedContinuation<IdempotencyBook.Ending?, Never>? in
            defer { if case .finished = state {} else { state = .finished(ending) } }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume(returning: ending)
    }

    private var outcome: IdempotencyBook.Ending? {
        state.withLock { state in
            if case .finished(let ending) = state { ending } else { nil }
        }
    }
}
