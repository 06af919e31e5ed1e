extension LlamaServerBackend {
    /// Lets a request through to a server that serves, and has one that is unloaded started for it.
    ///
    /// All requests that wait share one start.
    ///
    /// - Parameter limit: How long the start may take.
    /// - Throws: ``BackendError/Code/unavailable`` with the reason if no server comes, `timeout` if it takes too long.
    func admitRequest(within limit: Duration) async throws {
        let deadline = stopwatch.elapsed + limit
        var change: AsyncStream<Never>?
        while true {
            switch requestCame() {
            case .send:
                return
            case .refuse(let reason):
                throw BackendError(.unavailable, reason)
            case .waitForStart:
                guard let registered = change else {
                    // Looks again before it waits: the start may have ended in between.
                    change = startWaiters.nextChange()
                    demand.yield()
                    continue
                }
                change = nil
                let left = deadline - stopwatch.elapsed
                guard left > .zero, try await hasEnded(registered, within: left) else {
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
