import ArgumentParser
import Gateway
import Operations

/// `workers`.
struct WorkersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "The machines that do the jobs.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the connected workers and what they host.")

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var output: ListOutputOptions

        @Flag(name: .long, help: "Also list workers that were seen before and are not connected.")
        var all = false

        func run() async throws {
            let workers = try await options.access().withRecords { try await $0.workers(includingOffline: all) }
            let empty =
                all ? "No worker was ever seen." : "No worker is connected; --all also lists those seen before."
            try output.print(workers, empty: empty, table: Self.table)
        }

        private static func table(_ workers: [WorkerDetails]) -> TextTable {
            var table = TextTable([
                .init("address"), .init("name"), .init("state"), .init("models"), .init("connected", .right),
                .init("settled", .right), .init("refused", .right), .init("software"), .init("last_seen_at"),
            ])
            for worker in workers {
                table.append([
                    worker.address, worker.name, worker.state.rawValue,
                    worker.session?.models.map(Self.text).joined(separator: " ") ?? "",
                    worker.session.map { HumanText.duration(.seconds($0.connectedSeconds)) } ?? "",
                    String(worker.jobsSettled), String(worker.receiptsRefused), worker.software,
                    worker.lastSeenAt ?? "",
                ])
            }
            return table
        }

        /// `qwen3-8b:1/8` for one of eight slots taken, and a mark on a model that takes no jobs.
        private static func text(_ model: WorkerDetails.Model) -> String {
            "\(model.id):\(model.inFlight)/\(model.slots)\(model.isHealthy ? "" : "(unhealthy)")"
        }
    }
}
