import ArgumentParser
import Gateway
import Operations
import Signing

/// `webhooks`.
struct WebhooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks",
        abstract: "Where accounts want to be told of their jobs and credits.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the webhooks, the oldest first, and how their messages do.",
            discussion: "Only the host of a URL is shown: the rest is its owner's. No secret is ever shown."
        )

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var page: PageOptions
        @OptionGroup var output: ListOutputOptions

        @Option(name: .long, help: ArgumentHelp("Only this wallet's.", valueName: "address"))
        var wallet: Address?

        @Option(name: .long, help: ArgumentHelp("Go on after this webhook.", valueName: "id"))
        var after: String?

        func run() async throws {
            let query = WebhookQuery(wallet: wallet, after: after, limit: page.limit)
            let webhooks = try await options.access().withRecords { try await $0.webhooks(query) }
            try output.print(webhooks, empty: "No webhooks.", table: Self.table)
            Note.more(webhooks, after: webhooks.data.last?.id)
        }

        private static func table(_ webhooks: AdminPage<WebhookDetails>) -> TextTable {
            var table = TextTable([
                .init("id"), .init("host"), .init("status"), .init("pending", .right), .init("dead", .right),
                .init("failing_since"), .init("last_error"), .init("created_at"), .init("wallet"),
            ])
            for webhook in webhooks.data {
                table.append([
                    webhook.id, webhook.host, webhook.status, String(webhook.pending), String(webhook.dead),
                    webhook.failingSince ?? "", webhook.disabledReason ?? webhook.lastError ?? "", webhook.createdAt,
                    webhook.wallet,
                ])
            }
            return table
        }
    }
}
