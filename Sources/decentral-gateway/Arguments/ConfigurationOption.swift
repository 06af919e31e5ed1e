import ArgumentParser
import Foundation
import Gateway
import Logging
import Operations

/// What every command takes.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = GatewayConfiguration.defaultPath

    /// Reads and checks the configuration.
    ///
    /// - Throws: ``ConfigurationError``.
    func load() throws -> GatewayConfiguration {
        try GatewayConfiguration(path: config)
    }

    /// The way to the gateway of the configuration.
    func access() throws -> GatewayAccess {
        // Quiet: a command's words are its answer; what the store has to warn of comes out all the same.
        let log = LogOutput(format: .text, destination: .plain, level: .warning)
        return GatewayAccess(
            configuration: try load(),
            credentialsDirectory: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
            logger: log.makeLogger(label: "gateway")
        )
    }
}
