import ArgumentParser
import Foundation
import Logging
import Operations
import Worker

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the daemon.",
        discussion: """
            SIGTERM and SIGINT drain: running jobs finish, then it ends. A second one ends it at once.

            SIGHUP applies a changed configuration file, as `reload` does.
            """
    )

    @OptionGroup var options: ConfigurationOption

    @Option(name: .long, help: "How log records are written: text or json.")
    var logFormat = LogFormat.text

    func run() async throws {
        // The environment is read here and nowhere below.
        let environment = ProcessInfo.processInfo.environment
        let output = LogOutput(
            format: logFormat,
            destination: LogDestination(environment: environment),
            level: .info
        )
        output.bootstrap()
        try await WorkerDaemon(configurationPath: options.config, environment: environment, output: output).run()
    }
}

extension LogFormat: ExpressibleByArgument {}
