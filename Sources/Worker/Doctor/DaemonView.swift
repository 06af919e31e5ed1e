import Operations

/// What a command that stands beside the daemon knows of it.
enum DaemonView: Sendable {
    /// It answers.
    case running(WorkerStatus)
    /// It is not running.
    case down
    /// It may be running, but cannot be asked; the text says why.
    case silent(String, remedy: String)

    /// Asks the daemon.
    static func ask(_ configuration: WorkerConfiguration) async -> DaemonView {
        let client = LocalHTTPClient(
            socket: configuration.status.socket,
            daemon: WorkerDaemon.program,
            timeout: .seconds(8)
        )
        do {
            if try client.isDaemonUp() { return .running(try await client.get("/v1/status")) }
        } catch let error as CommandError {
            return .silent(error.message, remedy: error.hint ?? "see its log: journalctl -u decentral-worker")
        } catch {
            return .silent("it does not answer: \(error)", remedy: "see its log: journalctl -u decentral-worker")
        }
        // Without its socket it may still be there, starting or hung.
        let directory = configuration.worker.stateDirectory
        guard let holder = await blocking({ StateLock.holder(ofDirectory: directory) }) else { return .down }
        return .silent(
            "\(holder) holds the state directory, and nobody listens on \(configuration.status.socket)",
            remedy: "see its log, and check that it was started with this configuration"
        )
    }
}
