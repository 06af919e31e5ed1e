import ArgumentParser
import Gateway
import Operations

/// `credits`.
struct CreditsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credits",
        abstract: "What wallets can spend; 1 credit is 0.01 USDC.",
        subcommands: [Grant.self, Show.self]
    )

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give credits to a wallet: they can be spent, not withdrawn."
        )

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var wallet: WalletOption

        @Option(name: .long, help: "How many, 1 to 1000000000.")
        var credits: Int

        @Option(name: .long, help: ArgumentHelp("Why, in a few words; it stays in the ledger.", valueName: "text"))
        var reference: String?

        func validate() throws {
            guard AdminLimits.grant.contains(credits) else {
                throw ValidationError(
                    "--credits is a number from \(AdminLimits.grant.lowerBound) to \(AdminLimits.grant.upperBound)."
                )
            }
        }

        func run() async throws {
            let grant = try await options.access().withAdministration {
                try await $0.grant(credits, to: wallet.wallet, reference: reference)
            }
            print(
                "granted \(HumanText.count(grant.creditsGranted, "credit")) to \(grant.wallet), "
                    + "which now has \(HumanText.count(grant.creditsAvailable, "credit")) to spend"
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a wallet has.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var wallet: WalletOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let account = try await options.access().withRecords { try await $0.account(wallet.wallet) }
            try output.print(account) { account in
                FieldList([
                    "wallet": account.wallet,
                    "available": HumanText.count(account.credits.available, "credit"),
                    "granted": "\(account.credits.granted)",
                    "deposited": "\(account.credits.deposited)",
                    "locked": "\(account.credits.locked)",
                    "spent": "\(account.credits.spent)",
                ]).text
            }
        }
    }
}
