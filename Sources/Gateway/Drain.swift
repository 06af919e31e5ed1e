import GatewayStore
import Logging
import Operations
import ServiceLifecycle

/// The first to stop: lets running jobs finish while everything they need still stands.
///
/// Every job ends by its own deadline, so the wait has a bound without a timer of its own.
struct Drain: Service {
    let hub: WorkerHub
    let jobs: JobCoordinator
    let notifier: ServiceNotifier
    let logger: Logger

    /// How long a stop may take without another word to systemd.
    static let step: Duration = .seconds(15)

    func run() async throws {
        try? await gracefulShutdown()
        hub.drain()
        logger.info("draining", metadata: ["jobs.running": "\(jobs.runningJobs)"])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    notifier.extendTimeout(by: Self.step * 2)
                    try? await Task.sleep(for: Self.step)
                }
            }
            await jobs.untilIdle()
            group.cancelAll()
        }
    }
}

/// Ends the sessions, then the work behind them, in the order of a shutdown.
struct EndSessions: Service {
    let hub: WorkerHub

    func run() async throws {
        try? await gracefulShutdown()
        hub.endAll()
    }
}

/// The last to stop: finishes what was decided and closes the database.
struct StoreService: Service {
    let store: GatewayStore

    func run() async throws {
        try? await gracefulShutdown()
        await store.shutDown()
    }
}
