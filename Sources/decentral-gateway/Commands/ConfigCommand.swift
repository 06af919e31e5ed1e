import ArgumentParser

/// `config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Look at the configuration.",
        subcommands: [Check.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the configuration file and name each problem by file, line and key."
        )

        @OptionGroup var options: ConfigurationOption

        func run() throws {
            _ = try options.load()
            print("\(options.config): no problem found")
        }
    }
}
