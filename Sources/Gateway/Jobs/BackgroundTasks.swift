import ServiceLifecycle

/// Work that outlives the event that caused it: booking a receipt, refunding a lock.
///
/// Callers hand it over without waiting. It ends after a graceful shutdown began and everything handed over is done, so
/// that no booking is cut off.
final class BackgroundTasks: Service {
    private let work: AsyncStream<@Sendable () async -> Void>
    private let continuation: AsyncStream<@Sendable () async -> Void>.Continuation

    init() {
        // Unbounded, because what it holds is bounded elsewhere: by running jobs, and by one record at a time for each session.
        (work, continuation) = AsyncStream.makeStream()
    }

    /// Runs an operation soon, concurrently with others.
    func add(_ operation: @escaping @Sendable () async -> Void) {
        continuation.yield(operation)
    }

    func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await operation in work { group.addTask { await operation() } }
            }
        } onGracefulShutdown: {
            // What was handed over is still done; nothing comes any more, because the sessions ended before.
            self.continuation.finish()
        }
    }
}
