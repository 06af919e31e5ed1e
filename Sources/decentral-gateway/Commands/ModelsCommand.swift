import ArgumentParser
import Gateway
import Operations

/// `models`.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "The models that callers may name.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the catalogue: prices of this moment, workers, slots, queues, aliases and seed providers.",
            discussion: "While the daemon is down: what the configuration says, with prices at their base."
        )

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var output: ListOutputOptions

        func run() async throws {
            let models = try await options.access().withRecords { try await $0.models() }
            try output.print(models, empty: "The catalogue is empty.", table: Self.table)
        }

        private static func table(_ models: [ModelDetails]) -> TextTable {
            var table = TextTable([
                .init("id"), .init("tier"), .init("credits_per_request", .right),
                .init("credits_per_1k_tokens", .right),
                .init("workers", .right), .init("slots", .right), .init("in_flight", .right), .init("waiting", .right),
                .init("median_latency_ms", .right), .init("aliases"), .init("seed_providers"),
            ])
            for model in models {
                table.append([
                    model.id, model.tier, String(model.creditsPerRequest), String(model.creditsPer1kTokens),
                    String(model.workers), String(model.slots), String(model.inFlight), String(model.waiting),
                    model.medianLatencyMS.map(String.init) ?? "",
                    model.aliases.map { "\($0.id)(to \($0.retires))" }.joined(separator: " "),
                    model.seedProviders.joined(separator: " "),
                ])
            }
            return table
        }
    }
}
