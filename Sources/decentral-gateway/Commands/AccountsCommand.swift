import ArgumentParser
import Gateway
import Operations
import Signing

/// `accounts`.
struct AccountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Wallets that may spend credits here.",
        subcommands: [Create.self, List.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Open an account for a wallet.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var wallet: WalletOption

        func run() async throws {
            let created = try await options.access().withAdministration { try await $0.createAccount(wallet.wallet) }
            print(
                created.isNew
                    ? "opened an account for \(created.account.wallet)"
                    : "\(created.account.wallet) has an account already, since \(created.account.createdAt)"
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts, the oldest first.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var page: PageOptions
        @OptionGroup var output: ListOutputOptions

        @Option(name: .long, help: ArgumentHelp("Go on after this wallet.", valueName: "address"))
        var after: Address?

        func run() async throws {
            let query = AccountQuery(after: after, limit: page.limit)
            let accounts = try await options.access().withRecords { try await $0.accounts(query) }
            try output.print(accounts, empty: "No accounts yet.", table: Self.table)
            Note.more(accounts, after: accounts.data.last?.wallet)
        }

        private static func table(_ accounts: AdminPage<AccountDetails>) -> TextTable {
            var table = TextTable([
                .init("wallet"), .init("created_at"), .init("available", .right), .init("granted", .right),
                .init("deposited", .right), .init("locked", .right), .init("spent", .right),
            ])
            for account in accounts.data {
                let credits = account.credits
                table.append(
                    [account.wallet, account.createdAt]
                        + [credits.available, credits.granted, credits.deposited, credits.locked, credits.spent]
                        .map(String.init)
                )
            }
            return table
        }
    }
}
