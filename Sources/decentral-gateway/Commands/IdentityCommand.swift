import ArgumentParser
import Gateway
import Operations

/// `identity`.
struct IdentityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "The gateway's ed25519 key: the name of its network, and the signature under its ledger.",
        subcommands: [Show.self, Create.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the address; create nothing.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try output.print(try await options.access().address()) { "\($0.address)\n" }
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the identity's file and print its address; an existing file stays as it is."
        )

        @OptionGroup var options: ConfigurationOption

        func run() throws {
            print(try options.access().createIdentity().address)
        }
    }
}
