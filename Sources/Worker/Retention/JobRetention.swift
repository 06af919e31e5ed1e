import Logging
import Operations
import SQLiteStore
import ServiceLifecycle
import WorkerStore

/// Removes jobs that are older than the configured age, a few at a time; see ``WorkerStore/removeJobs(acceptedBefore:limit:)``.
///
/// Nothing waits for it, and it waits for a lull after each step, so that receipts are stored as fast as ever.
final class JobRetention: Service {
    /// Jobs of one step: some milliseconds of the writer's time.
    static let stepJobs = 200
    /// Pages that are given back after each step.
    static let stepPages = 500
    /// Between two steps.
    static let lull: Duration = .milliseconds(500)
    /// Between two rounds.
    static let interval: Duration = .seconds(3_600)

    private let store: WorkerStore
    private let age: @Sendable () -> Duration?
    private let wallClock: WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameters:
    ///   - store: Whose jobs they are.
    ///   - age: How long a job is kept, asked before each round; nil: for ever.
    ///   - wallClock: Tells what is old.
    ///   - clock: Measures interval and lull.
    ///   - logger: Hears how many were removed.
    init(
        store: WorkerStore,
        age: @escaping @Sendable () -> Duration?,
        wallClock: WallClock = .live,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.store = store
        self.age = age
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await self.round() } while (try? await self.clock.sleep(for: Self.interval)) != nil
        }
    }

    private func round() async {
        guard let age = age() else { return }
        do {
            guard let end = try await store.oldJobsEnd(keeping: age, now: wallClock.nowMilliseconds) else { return }
            var removed = 0
            while true {
                let count = try await store.removeJobs(acceptedBefore: end, limit: Self.stepJobs)
                removed += count
                if count > 0 { try await store.giveBackPages(Self.stepPages) }
                guard count == Self.stepJobs else { break }
                try await clock.sleep(for: Self.lull)
            }
            if removed > 0 { logger.info("old jobs removed", metadata: ["jobs": "\(removed)"]) }
        } catch is CancellationError {
            // The daemon ends; the next start goes on.
        } catch {
            logger.warning("old jobs could not be removed", metadata: ["error": "\(error)"])
        }
    }
}
