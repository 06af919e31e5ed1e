import Synchronization

/// Holds a double back until the test opens it; then it stays open.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for goOn in waiting { goOn() }
    }

    /// Calls `goOn` when the gate is open, at once if it is.
    package func whenOpen(_ goOn: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.waiting.append(goOn) }
            return state.isOpen
        }
        if isOpen { goOn() }
    }

    /// Waits until the gate is open.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    package func waitUntilOpen() async throws {
        let (opened, report) = AsyncStream<Void>.makeStream()
        whenOpen { report.finish() }
        for await _ in opened {}
        try Task.checkCancellation()
    }
}
