import ServiceLifecycle

/// Work that outlives the event that caused it: booking a receipt, refunding a lock.
///
/// Callers hand it over without waiting. It ends after a graceful shutdown began and everything handed over is done, so
/// that no booking is cut off.
final class BackgroundTasks: Service {
    private let work: AsyncStream<@Sendable () async -> Void>
    private let continuation: AsyncStream<@Sendable () async -> Void>.Continuation

    init() {
        // Unbounded, because what it holds is bounded elsewhere: by running jobs and by messages of live sessions.
        (work, continuation) = AsyncStream.makeStream()
    }

    /// Runs an operation soon, concurrently with others.
    func add(_ operation: @escaping @Sendable () async -> Void) {
        continuation.yield(operation)
    }

    /// Takes no more work; ``run()`` returns once what was taken is done.
    func finish() {
        continuation.finish()
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await operation in work { group.addTask { await operation() } }
        }
    }
}
