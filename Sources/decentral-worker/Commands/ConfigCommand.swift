import ArgumentParser
import Operations
import Worker

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Look at the configuration.",
        subcommands: [ConfigCheckCommand.self]
    )
}

struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration file: every fault with its line and key.",
        discussion: "Exit code 0 if the daemon would take the file, 2 if not."
    )

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        let configuration = try options.load()
        print(
            """
            \(options.config) is right: \(HumanText.count(configuration.networks.count, "network")), \
            \(HumanText.count(configuration.backends.count, "backend")), \
            \(HumanText.count(configuration.models.count, "model")).
            """
        )
    }
}
