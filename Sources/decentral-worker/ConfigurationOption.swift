import ArgumentParser
import Operations
import SQLiteStore
import Worker
import WorkerStore

/// `--config`, and the ways to the daemon and to its database that it opens.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .long, help: "The configuration file.")
    var config = WorkerConfiguration.defaultPath

    func load() throws -> WorkerConfiguration {
        try WorkerConfiguration(path: config)
    }

    /// The way to the running daemon.
    func client(timeout: Duration = .seconds(30)) throws -> LocalHTTPClient {
        LocalHTTPClient(socket: try load().status.socket, daemon: WorkerDaemon.program, timeout: timeout)
    }

    /// The daemon's database, whether it runs or not.
    func history() throws -> WorkerHistory {
        let path = try load().worker.databaseFile
        do throws(StoreError) {
            return try WorkerHistory(path: path)
        } catch {
            let hint =
                switch error.code {
                case .missing: "the daemon makes it at its first start: \(WorkerDaemon.program) run"
                case .permission: "members of the group that owns it may read it; or use sudo"
                default: nil as String?
                }
            throw CommandError(.failed, "cannot read the history: \(error)", hint: hint, cause: error)
        }
    }
}
