import ServiceLifecycle

/// Sends systemd a sign of life in half of the interval that it asked for, as long as the daemon is alive.
///
/// "Alive" is what `probe` says by returning: a daemon passes something that goes through its own machinery, so that a
/// deadlock there keeps the sign back and systemd starts the service anew. Put it first in the service group, which
/// shuts down in reverse: then it also vouches for a long drain.
package struct WatchdogService: Service {
    private let notifier: ServiceNotifier
    private let sleep: @Sendable (Duration) async throws -> Void
    private let probe: @Sendable () async -> Void

    /// Makes the service; without a watchdog interval it waits for the shutdown and does nothing else.
    package init(notifier: ServiceNotifier, probe: @escaping @Sendable () async -> Void = {}) {
        self.init(notifier: notifier, probe: probe, sleep: { try await Task.sleep(for: $0) })
    }

    init(
        notifier: ServiceNotifier,
        probe: @escaping @Sendable () async -> Void,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.notifier = notifier
        self.probe = probe
        self.sleep = sleep
    }

    package func run() async throws {
        guard let interval = self.notifier.watchdogInterval else {
            // A cancellation ends the waiting as well as a shutdown does.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.probe()
                self.notifier.watchdog()
                do {
                    try await self.sleep(interval / 2)
                } catch {
                    return
                }
            }
        }
    }
}
