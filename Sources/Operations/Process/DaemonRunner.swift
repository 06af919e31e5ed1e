import Glibc
package import Logging
package import ServiceLifecycle
import UnixSignals

/// Runs a daemon's services until they end, and turns Unix signals into events.
///
/// - The first SIGTERM or SIGINT shuts down gracefully: the services end one after the other, the last one first.
/// - A second one ends the process at once, with 128 + its number, as a shell would report it. Nothing is lost: what
///   must not be lost is in the database already.
/// - SIGHUP calls `onReload`.
/// - SIGPIPE is ignored: a write to a closed pipe or socket is an error like any other.
package struct DaemonRunner: Sendable {
    /// What a signal leads to.
    enum Action: Equatable {
        case shutDown
        case endAtOnce(status: Int32)
        case reload
    }

    /// Decides what a signal means after those before it.
    struct SignalState {
        private var isShuttingDown = false

        mutating func received(_ signal: UnixSignal) -> Action {
            if signal == .sighup { return .reload }
            if self.isShuttingDown { return .endAtOnce(status: 128 + signal.rawValue) }
            self.isShuttingDown = true
            return .shutDown
        }
    }

    private let logger: Logger
    private let notifier: ServiceNotifier
    private let onReload: @Sendable () async -> Void

    /// Makes a runner; signals are taken over in ``run(_:)``.
    package init(
        logger: Logger,
        notifier: ServiceNotifier,
        onReload: @escaping @Sendable () async -> Void
    ) {
        self.logger = logger
        self.notifier = notifier
        self.onReload = onReload
    }

    /// Runs the services; returns after a graceful shutdown.
    ///
    /// The end of any one of them ends the others gracefully, too.
    ///
    /// - Parameter services: In the order of dependence: they are shut down from the last to the first.
    /// - Throws: What the first failing service threw.
    package func run(_ services: [any Service]) async throws {
        signal(SIGPIPE, SIG_IGN)
        // Trapped before the services start, so that an early signal is not lost.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(
                        service: $0,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    )
                },
                logger: self.logger
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                var state = SignalState()
                for await signal in signals {
                    await self.perform(state.received(signal), signal, group)
                }
            }
            defer { tasks.cancelAll() }
            try await group.run()
        }
    }

    private func perform(_ action: Action, _ signal: UnixSignal, _ group: ServiceGroup) async {
        switch action {
        case .shutDown:
            self.logger.info("shutting down", metadata: ["signal": "\(signal)"])
            self.notifier.stopping(status: "shutting down")
            await group.triggerGracefulShutdown()
        case .endAtOnce(let status):
            self.logger.warning("ending at once after a second signal", metadata: ["signal": "\(signal)"])
            _exit(status)
        case .reload:
            self.logger.info("reloading", metadata: ["signal": "\(signal)"])
            await self.onReload()
        }
    }
}
