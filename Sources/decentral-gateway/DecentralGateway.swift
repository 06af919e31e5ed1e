import ArgumentParser
import Gateway
import Operations

/// The command line of the gateway.
@main
struct DecentralGateway: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: GatewayDaemon.program,
        abstract: "The network's side of Decentral: HTTP API, dispatch to workers, and the credit ledger.",
        discussion: """
            Check the configuration with `config check`, start with `run`. The other commands go \
            through the daemon's admin socket while it runs, and open its database themselves while it does not.

            Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, \
            3 the daemon could not be reached, 4 the answer is "no".
            """,
        version: GatewayDaemon.version,
        subcommands: [
            RunCommand.self, ConfigCommand.self, IdentityCommand.self, AccountsCommand.self, CreditsCommand.self,
            KeysCommand.self, WorkersCommand.self, ModelsCommand.self, JobsCommand.self, LedgerCommand.self,
            WebhooksCommand.self,
        ]
    )

    static func main() async {
        await CommandLineEntry.main(Self.self)
    }
}
