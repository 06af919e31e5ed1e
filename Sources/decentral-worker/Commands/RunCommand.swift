import ArgumentParser
import Foundation
import Operations
import Worker

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon.",
        discussion: "SIGTERM and SIGINT drain: running jobs finish, then it ends. A second one ends it at once."
    )

    @OptionGroup var options: ConfigurationOption

    @Option(name: .long, help: "How log records are written: text or json.")
    var logFormat = LogFormat.text

    func run() async throws {
        let configuration = try options.load()
        // The environment is read here and nowhere below.
        let environment = ProcessInfo.processInfo.environment
        let output = LogOutput(
            format: logFormat,
            destination: LogDestination(environment: environment),
            level: configuration.log.level
        )
        output.bootstrap()
        let logger = output.makeLogger(label: "worker")
        try await WorkerDaemon(configuration: configuration, environment: environment, logger: logger).run()
    }
}

extension LogFormat: ExpressibleByArgument {}
