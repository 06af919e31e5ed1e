import Logging

/// What an operator may tell the daemon.
struct WorkerControls: Sendable {
    let jobs: JobCoordinator
    let networks: [NetworkConnection]
    let shutdown: DrainService
    let logger: Logger

    /// Takes no jobs until ``resume()``; running ones finish.
    func pause() {
        setPaused(true)
    }

    func resume() {
        setPaused(false)
    }

    private func setPaused(_ isPaused: Bool) {
        guard jobs.setPaused(isPaused) else { return }
        logger.notice(isPaused ? "paused by the operator" : "resumed by the operator")
        for network in networks { network.stateChanged() }
    }

    /// Finishes what runs, then ends the daemon, as SIGTERM does.
    func drain() {
        shutdown.request()
    }
}
