import ArgumentParser
import Gateway
import GatewayStore
import Operations

/// `keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "API keys: whoever has one spends its wallet's credits.",
        subcommands: [Create.self, Revoke.self, List.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print it, alone on one line: it is kept nowhere and cannot be shown again."
        )

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var wallet: WalletOption

        @Flag(name: .long, help: "Make a test key: dcntrl_test_ instead of dcntrl_live_.")
        var test = false

        @Option(name: .long, help: ArgumentHelp("What the key is for, for people.", valueName: "text"))
        var name = ""

        func run() async throws {
            let created = try await options.access().withAdministration {
                try await $0.createKey(test ? .test : .live, name: name, for: wallet.wallet)
            }
            print(created.key)
            Note.write("its id, for keys revoke: \(created.details.id)")
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a key at once.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: "The key's id, as keys list shows it.")
        var id: String

        func run() async throws {
            let key = try await options.access().withAdministration { try await $0.revokeKey(id) }
            print("\(key.id) is revoked\(key.revokedAt.map { " since \($0)" } ?? "")")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a wallet's keys, the oldest first.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var wallet: WalletOption
        @OptionGroup var output: ListOutputOptions

        func run() async throws {
            let keys = try await options.access().withRecords { try await $0.keys(of: wallet.wallet) }
            try output.print(keys, empty: "No keys yet.", table: Self.table)
        }

        private static func table(_ keys: [KeyDetails]) -> TextTable {
            var table = TextTable([
                .init("id"), .init("kind"), .init("name"), .init("created_at"), .init("expires_at"),
                .init("revoked_at"),
            ])
            for key in keys {
                table.append([
                    key.id, key.kind, key.name, key.createdAt, key.expiresAt ?? "", key.revokedAt ?? "",
                ])
            }
            return table
        }
    }
}
