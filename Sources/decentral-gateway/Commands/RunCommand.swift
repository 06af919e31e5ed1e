import ArgumentParser
import Foundation
import Gateway
import Operations

/// `run`: the daemon itself.
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
        let variables = ProcessInfo.processInfo.environment
        let output = LogOutput(
            format: logFormat,
            destination: LogDestination(environment: variables),
            level: configuration.log.level
        )
        output.bootstrap()
        let environment = GatewayEnvironment(
            notifier: ServiceNotifier(environment: variables),
            credentialsDirectory: variables["CREDENTIALS_DIRECTORY"]
        )
        let daemon = GatewayDaemon(
            configuration: configuration,
            environment: environment,
            logger: output.makeLogger(label: "gateway")
        )
        do {
            try await daemon.run()
        } catch {
            throw CommandError(gateway: error)
        }
    }
}

extension LogFormat: ExpressibleByArgument {}
