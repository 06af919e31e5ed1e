import Logging
import Operations

/// Applies a changed configuration file without losing a job or a session.
///
/// An actor, so that a signal and a command that come together are carried out one after the other. Nothing is applied
/// before everything was checked and every new backend was made.
actor ConfigurationReload {
    private let read: @Sendable () throws -> WorkerConfiguration
    private let live: LiveConfiguration
    private let parts: WorkerParts
    private let setLogLevel: @Sendable (Logger.Level) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - read: Reads and checks the file.
    ///   - parts: What is changed.
    ///   - setLogLevel: Sets the level of all loggers.
    ///   - logger: For what changed.
    init(
        read: @escaping @Sendable () throws -> WorkerConfiguration,
        parts: WorkerParts,
        setLogLevel: @escaping @Sendable (Logger.Level) -> Void,
        logger: Logger
    ) {
        self.read = read
        live = parts.configuration
        self.parts = parts
        self.setLogLevel = setLogLevel
        self.logger = logger
    }

    /// Reads the file again and applies what changed.
    ///
    /// - Returns: What changed, and what needs a restart.
    /// - Throws: `ConfigurationError`, or ``CommandError`` of ``ExitStatus/usage``; then nothing has changed.
    func reload() throws -> ConfigurationChange {
        do {
            let next = try read()
            let backends = try parts.backends.plan(for: next)
            var change = ConfigurationChange(start: live.start.file, current: live.current.file, next: next.file)
            change.remade(backends.replaced)
            apply(next, backends)
            report(change)
            return change
        } catch {
            logger.error("the changed configuration is refused; nothing was changed", metadata: ["error": "\(error)"])
            throw error
        }
    }

    private func apply(_ next: WorkerConfiguration, _ backends: BackendFleet.Plan) {
        let current = live.current
        live.replace(with: next)
        // A level that was set by command holds until another one is configured.
        if next.log.level != current.log.level { setLogLevel(next.log.level) }
        // Models first: from here on no job is taken for a backend that is about to go.
        parts.models.configure(next)
        parts.backends.carryOut(backends)
        parts.networks.configure(next.networks)
        parts.schedule.configure(next.schedule.schedule)
        parts.networks.announce()
    }

    private func report(_ change: ConfigurationChange) {
        for line in change.changes { logger.notice("configuration changed", metadata: ["change": "\(line)"]) }
        for line in change.needsRestart {
            logger.warning("a changed key needs a restart", metadata: ["change": "\(line)"])
        }
        if change.changes.isEmpty, change.needsRestart.isEmpty { logger.notice("the configuration has not changed") }
    }
}
