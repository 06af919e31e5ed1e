import Synchronization

/// Somebody who waits until a change is on disk.
final class DurabilityWaiter: Sendable {
    private enum State {
        /// Neither side has come. Goes to `waiting` or `finished`.
        case idle
        /// Suspended. Goes to `finished`.
        case waiting(CheckedContinuation<Void, any Error>)
        /// The outcome is there, for whoever comes. The end.
        case finished(Result<Void, any Error>)
    }

    private let state = Mutex(State.idle)

    /// Returns once it is finished.
    ///
    /// - Throws: `CancellationError` if the task is cancelled: the change will be stored nevertheless.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if case .finished(let outcome) = state { return outcome }
                    state = .waiting(continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    /// Ends the wait; the first outcome counts.
    func finish(_ outcome: Result<Void, any Error>) {
        let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
            switch state {
            case .idle:
                state = .finished(outcome)
                return nil
            case .waiting(let continuation):
                state = .finished(outcome)
                return continuation
            case .finished:
                return nil
            }
        }
        continuation?.resume(with: outcome)
    }
}
