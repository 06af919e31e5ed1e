import Logging
import Operations
import ServiceLifecycle
import Synchronization

/// Ends the daemon in order: no new jobs, running ones finish, their receipts are answered.
///
/// The last of the services, so that it is the first to hear of a shutdown; the others end when it returns. An
/// operator's `drain` has the same effect as the signal.
final class DrainService: Service {
    private let jobs: JobCoordinator
    private let networks: NetworkFleet
    private let timeout: @Sendable () -> Duration
    private let notifier: ServiceNotifier
    private let logger: Logger
    private let requested: AsyncStream<Never>
    private let requestDrain: AsyncStream<Never>.Continuation

    init(
        jobs: JobCoordinator,
        networks: NetworkFleet,
        timeout: @escaping @Sendable () -> Duration,
        notifier: ServiceNotifier,
        logger: Logger
    ) {
        self.jobs = jobs
        self.networks = networks
        self.timeout = timeout
        self.notifier = notifier
        self.logger = logger
        (requested, requestDrain) = AsyncStream.makeStream()
    }

    /// Begins the drain without a signal.
    func request() {
        requestDrain.finish()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.requested {}
        }
        await drain()
    }

    private func drain() async {
        jobs.drain()
        networks.drain(reason: "the worker is shutting down")
        let running = jobs.jobsInFlight
        let timeout = timeout()
        logger.info("draining", metadata: ["jobs.in_flight": "\(running)", "timeout": "\(timeout)"])
        let isIdle = await withTaskGroup(of: Bool?.self) { race in
            race.addTask {
                await self.jobs.waitUntilIdle()
                return true
            }
            race.addTask {
                try? await Task.sleep(for: timeout)
                return false
            }
            race.addTask {
                await self.askForTime()
                return nil
            }
            for await isIdle in race {
                guard let isIdle else { continue }
                race.cancelAll()
                return isIdle
            }
            return false
        }
        guard !isIdle else { return }
        logger.warning("jobs did not end in time", metadata: ["jobs.in_flight": "\(jobs.jobsInFlight)"])
        jobs.abandonJobs()
        await jobs.waitUntilIdle()
    }

    /// Keeps systemd from taking the drain for a hang.
    private func askForTime() async {
        repeat {
            notifier.extendTimeout(by: .seconds(15))
        } while (try? await Task.sleep(for: .seconds(5))) != nil
    }
}
