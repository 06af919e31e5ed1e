import HTTPTypes
import Logging
import Operations

/// What an operator may tell the daemon.
struct WorkerControls: Sendable {
    let jobs: JobCoordinator
    let networks: NetworkFleet
    let shutdown: DrainService
    /// Whether the operator has paused the worker, for the next start.
    let pauseFlag: StateFlag
    var configuration: ConfigurationReload
    let logLevel: LogLevelControl
    let logger: Logger

    /// Takes no jobs until ``resume()``, also after a restart; running ones finish.
    ///
    /// - Throws: ``LocalAPIError`` if it holds for this run of the daemon alone.
    func pause() throws(LocalAPIError) {
        try setPaused(true)
    }

    /// Takes jobs again.
    ///
    /// - Throws: ``LocalAPIError`` if it holds for this run of the daemon alone.
    func resume() throws(LocalAPIError) {
        try setPaused(false)
    }

    private func setPaused(_ isPaused: Bool) throws(LocalAPIError) {
        if jobs.setPaused(isPaused) {
            logger.notice(isPaused ? "paused by the operator" : "resumed by the operator")
            networks.stateChanged()
        }
        do {
            try pauseFlag.set(isPaused)
        } catch {
            logger.error("the pause is not kept for the next start", metadata: ["error": "\(error)"])
            throw LocalAPIError(
                .internalServerError,
                code: "pause_not_kept",
                message: "\(isPaused ? "paused" : "resumed"), but a restart will not know of it: \(error.message)"
            )
        }
    }

    /// Applies a changed configuration file.
    ///
    /// - Throws: ``LocalAPIError`` with every problem of the file; then nothing has changed.
    func reload() async throws(LocalAPIError) -> ConfigurationChange {
        do {
            return try await configuration.reload()
        } catch {
            throw LocalAPIError(
                .unprocessableContent,
                code: LocalAPIError.invalidConfiguration,
                message: "\(error)",
                hint: "nothing was changed; mend the file and reload again"
            )
        }
    }

    /// Finishes what runs, then ends the daemon, as SIGTERM does.
    func drain() {
        shutdown.request()
    }
}
