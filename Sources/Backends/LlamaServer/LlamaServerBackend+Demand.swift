import Synchronization

/// Wakes who waits for a server that starts, whenever something about it changed.
final class StartWaiters: Sendable {
    private let waiting = Mutex<[AsyncStream<Never>.Continuation]>([])

    /// A wait that ends with the next change; the caller looks at the state after asking for it and before waiting.
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

extension LlamaServerBackend {
    /// Lets a request through to a server that serves, and has one that is unloaded started for it.
    ///
    /// All requests that wait share one start.
    ///
    /// - Parameter limit: How long the start may take.
    /// - Throws: ``BackendError/Code/unavailable`` with the reason if no server comes, `timeout` if it takes too long.
    func admitRequest(within limit: Duration) async throws {
        let deadline = stopwatch.elapsed + limit
        while true {
            let change = startWaiters.nextChange()
            switch requestCame() {
            case .send:
                return
            case .refuse(let reason):
                throw BackendError(.unavailable, reason)
            case .waitForStart:
                demand.yield()
                let left = deadline - stopwatch.elapsed
                guard left > .zero, try await hasEnded(change, within: left) else {
                    throw BackendError(.timeout, "llama-server did not load its model within \(limit)")
                }
            }
        }
    }

    /// Whether the wait was over in time.
    private func hasEnded(_ change: AsyncStream<Never>, within limit: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { race in
            defer { race.cancelAll() }
            race.addTask {
                for await _ in change {}
                try Task.checkCancellation()
                return true
            }
            race.addTask {
                try await self.stopwatch.sleep(for: limit)
                return false
            }
            return try await race.next() ?? false
        }
    }
}
