import Backends
import Logging
import ServiceLifecycle
import Synchronization

/// One backend at work: runs it, asks how it is, and lets it go once its last job is done.
final class BackendMember: Service, CustomStringConvertible {
    /// How often a backend is asked: rarely while all is well, often while somebody waits for it.
    private static let interval: (healthy: Duration, otherwise: Duration) = (.seconds(5), .seconds(1))

    private struct State {
        var timeouts: GenerationTimeouts
        var jobs = 0
        /// The configuration has it no more; it is not asked how it is, and ends with its last job.
        var isRetired = false
        /// Whether a job's failure is having it looked at.
        var isInspected = false
    }

    let backend: any InferenceBackend
    /// What it was made from.
    let settings: BackendConfiguration
    private let predecessor: BackendMember?
    private let probed: @Sendable (BackendHealth) -> Void
    private let state: Mutex<State>
    /// Ends when the backend may go.
    private let left: AsyncStream<Never>
    private let leave: AsyncStream<Never>.Continuation
    /// Ends when it is gone.
    private let ended: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation

    /// - Parameters:
    ///   - backend: Not run yet.
    ///   - settings: What it was made from.
    ///   - timeouts: For its jobs.
    ///   - predecessor: Whom this one waits for: two servers of one name would fight for a socket, and one graphics card
    ///     seldom holds a model twice.
    ///   - probed: Told what each look at the backend found, until it is retired.
    init(
        _ backend: any InferenceBackend,
        settings: BackendConfiguration,
        timeouts: GenerationTimeouts,
        after predecessor: BackendMember?,
        probed: @escaping @Sendable (BackendHealth) -> Void
    ) {
        self.backend = backend
        self.settings = settings
        self.predecessor = predecessor
        self.probed = probed
        state = Mutex(State(timeouts: timeouts))
        (left, leave) = AsyncStream.makeStream()
        (ended, end) = AsyncStream.makeStream()
    }

    var description: String { "backend \(backend.name)" }

    // MARK: Jobs

    var timeouts: GenerationTimeouts {
        get { state.withLock { $0.timeouts } }
        set { state.withLock { $0.timeouts = newValue } }
    }

    /// A job will use the backend; ``jobEnded()`` follows.
    func jobBegan() {
        state.withLock { $0.jobs += 1 }
    }

    func jobEnded() {
        let isDone = state.withLock { state in
            state.jobs -= 1
            return state.isRetired && state.jobs == 0
        }
        if isDone { leave.finish() }
    }

    /// Lets it end once its jobs are done.
    func retire() {
        let isDone = state.withLock { state in
            state.isRetired = true
            return state.jobs == 0
        }
        if isDone { leave.finish() }
    }

    // MARK: Life

    /// Runs the backend until it is retired and idle, or until a shutdown.
    func run() async throws {
        defer { end.finish() }
        if let predecessor { await cancelWhenGracefulShutdown { for await _ in predecessor.ended {} } }
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask {
                // A backend that has ended by itself is waited for no longer.
                defer { self.leave.finish() }
                try await self.backend.run()
            }
            tasks.addTask { await cancelWhenGracefulShutdown { await self.watch() } }
            await cancelWhenGracefulShutdown { for await _ in self.left {} }
            tasks.cancelAll()
        }
    }

    private func watch() async {
        while !Task.isCancelled {
            let health = await backend.probe()
            guard !Task.isCancelled, tell(health) else { return }
            let interval = health.state.takesJobs ? Self.interval.healthy : Self.interval.otherwise
            guard (try? await Task.sleep(for: interval)) != nil else { return }
        }
    }

    /// - Returns: False if nobody wants to know: what answers for the name now is another.
    private func tell(_ health: BackendHealth) -> Bool {
        guard !state.withLock({ $0.isRetired }) else { return false }
        probed(health)
        return true
    }

    /// Asks the backend at once, because a job could not reach it or its reply broke off, or its models changed.
    ///
    /// The answer decides, not the failure: under load one broken connection is no proof that the backend is down, and
    /// withdrawing the model for it would send everyone away.
    func inspect() {
        let isFirst = state.withLock { state in
            defer { state.isInspected = true }
            return !state.isInspected
        }
        guard isFirst else { return }
        // A task of its own: the job that asks is about to end, and would take the probe with it. The probe has a time
        // limit, and there is one for a backend at most.
        Task {
            let health = await backend.probe()
            state.withLock { $0.isInspected = false }
            _ = tell(health)
        }
    }
}
