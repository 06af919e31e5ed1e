import ServiceLifecycle
import Synchronization

/// Runs services that come and go while the daemon runs, as one service.
///
/// A graceful shutdown reaches all of them at once. A service that fails raises the alarm and leaves the others as they
/// are: ``alarm``, run beside the fleet, then ends the daemon in order.
final class ServiceFleet: Service {
    /// Bounded by what the configuration names, and by reloads that nobody makes faster than they are carried out.
    private let arrivals: AsyncStream<@Sendable () async throws -> Void>
    private let arrive: AsyncStream<@Sendable () async throws -> Void>.Continuation
    private let failures: AsyncStream<any Error>
    private let fail: AsyncStream<any Error>.Continuation
    private let failure = Mutex<(any Error)?>(nil)

    init() {
        (arrivals, arrive) = AsyncStream.makeStream()
        // One failure ends the daemon.
        (failures, fail) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Starts a service; before ``run()`` it starts with it.
    func start(_ service: some Service) {
        arrive.yield { try await service.run() }
    }

    /// Carries out something that takes time.
    func perform(_ operation: @escaping @Sendable () async -> Void) {
        arrive.yield(operation)
    }

    /// Runs until a graceful shutdown has ended every service.
    ///
    /// - Throws: What the first service threw that failed.
    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await run in arrivals.cancelOnGracefulShutdown() {
                group.addTask {
                    do {
                        try await run()
                    } catch {
                        self.failed(error)
                    }
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func failed(_ error: any Error) {
        failure.withLock { $0 = $0 ?? error }
        fail.yield(error)
    }

    /// Fails when a service of the fleet does.
    var alarm: some Service { Alarm(failures: failures) }

    private struct Alarm: Service {
        let failures: AsyncStream<any Error>

        func run() async throws {
            for await failure in failures.cancelOnGracefulShutdown() { throw failure }
        }
    }
}
