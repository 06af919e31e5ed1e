import Synchronization

/// Tells those who work for a caller that the caller has gone.
///
/// One per connection, and it goes off at most once: a connection that has been hung up never comes back. A request
/// handler finds it in ``ConnectionInfo/hangUp`` and either waits for it or leaves an action with it.
package final class HangUpSignal: Sendable {
    private enum State {
        /// The caller may still listen. Holds what to do when it no longer does. May go to `hungUp`.
        case connected(actions: [UInt64: @Sendable () -> Void], nextID: UInt64)
        /// The caller has gone. Final.
        case hungUp
    }

    private let state = Mutex(State.connected(actions: [:], nextID: 0))

    /// Makes a signal that has not gone off, and never does by itself.
    package init() {}

    /// Whether the caller has gone.
    package var hasHungUp: Bool {
        self.state.withLock { state in
            if case .hungUp = state { true } else { false }
        }
    }

    /// Runs `body`, and `action` once if the caller hangs up during it (at once, if it has already).
    ///
    /// `action` runs on the connection's event loop and must not block. It may still be running when `body` returns.
    package func notifying<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ action: @escaping @Sendable () -> Void,
        during body: () async throws -> Result
    ) async rethrows -> Result {
        let id = self.register(action)
        defer { self.unregister(id) }
        return try await body()
    }

    /// Returns when the caller has gone.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    package func wait() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await self.notifying({ continuation.finish() }, during: { for await _ in events {} })
        // A stream ends in either case.
        if !self.hasHungUp {
            throw CancellationError()
        }
    }

    /// Says that the caller has gone; repeating it does nothing.
    func hangUp() {
        let actions: [@Sendable () -> Void] = self.state.withLock { state in
            guard case .connected(let actions, _) = state else { return [] }
            state = .hungUp
            return Array(actions.values)
        }
        for action in actions {
            action()
        }
    }

    private func register(_ action: @escaping @Sendable () -> Void) -> UInt64? {
        let id: UInt64? = self.state.withLock { state in
            guard case .connected(var actions, let id) = state else { return nil }
            actions[id] = action
            state = .connected(actions: actions, nextID: id + 1)
            return id
        }
        if id == nil {
            action()
        }
        return id
    }

    private func unregister(_ id: UInt64?) {
        guard let id else { return }
        self.state.withLock { state in
            guard case .connected(var actions, let nextID) = state else { return }
            actions[id] = nil
            state = .connected(actions: actions, nextID: nextID)
        }
    }
}
