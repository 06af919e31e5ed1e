import ArgumentParser
import Foundation
import Operations
import Signing
import Worker

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration and create an identity.",
        discussion: """
            Without options it prepares this machine: /etc/decentral/worker.toml and /var/lib/decentral-worker.
            With --directory everything goes into one folder, for a worker without root. It asks nothing and never
            overwrites; what the options leave open stands in the file, marked CHANGE.
            """
    )

    @Option(name: .long, help: "A folder for configuration, state and socket alike.")
    var directory: String?

    @Option(name: .long, help: "The configuration file to write.")
    var config: String?

    @Option(name: .long, help: "The worker's name, for people.")
    var name = "worker"

    @Option(name: .long, help: "Where the network's gateway takes workers: https://HOST:PORT.")
    var networkURL: String?

    @Option(name: .long, help: "The OpenAI-compatible server that runs the model, such as http://127.0.0.1:8000/v1.")
    var backendURL: String?

    @Option(name: .long, help: "The network's id of the model to host.")
    var model: String?

    func run() throws {
        let path = config ?? directory.map { "\($0)/worker.toml" } ?? WorkerConfiguration.defaultPath
        let template = ConfigurationTemplate(
            name: name,
            // Relative to the file, so that the folder can be moved.
            stateDirectory: directory == nil ? "/var/lib/decentral-worker" : "state",
            socket: directory == nil ? "/run/decentral-worker/worker.sock" : "worker.sock",
            networkURL: networkURL,
            backendURL: backendURL,
            model: model
        )
        // Checked before anything is written: a wrong URL or name is told as in a file.
        let configuration = try WorkerConfiguration(ConfigurationFile(text: template.text, path: path))
        if let directory { try StateDirectory.prepare(directory) }
        try write(template.text, to: path)
        try StateDirectory.prepare(configuration.worker.stateDirectory)
        let identity = try WorkerIdentity.load(configuration.worker, credentialsDirectory: nil)
        let address = try (identity ?? WorkerIdentity.create(path: configuration.worker.identityFile)).address
        print(
            """
            configuration  \(path)
            identity       \(configuration.worker.identityFile)
            address        \(address)

            Keep a copy of the identity in a safe place: who has it is this worker.
            Next: \(template.isComplete ? "" : "edit the lines marked CHANGE, then ")\(WorkerDaemon.program) config check\
            \(path == WorkerConfiguration.defaultPath ? "" : " --config \(path)")
            """
        )
    }

    /// Writes a new file; one that is there stays as it is.
    private func write(_ text: String, to path: String) throws {
        do {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch let error as CocoaError where error.code == .fileWriteFileExists {
            throw CommandError(
                .failed,
                "\(path): there is a configuration already; it was left as it is",
                hint: "move it away first, or write another one with --config"
            )
        } catch {
            throw CommandError(.failed, "\(path): cannot be written: \(error.localizedDescription)", cause: error)
        }
    }
}
