import ArgumentParser
import Gateway
import Operations
import Signing

/// `workers`.
struct WorkersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "The machines that do the jobs.",
        subcommands: [List.self, Show.self, Ban.self, Unban.self]
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
                .init("score", .right), .init("settled", .right), .init("refused", .right), .init("set_aside_until"),
                .init("software"), .init("last_seen_at"),
            ])
            for worker in workers {
                table.append([
                    worker.address, worker.name, worker.ban == nil ? worker.state.rawValue : "banned",
                    worker.session?.models.map(Self.text).joined(separator: " ") ?? "",
                    worker.session.map { HumanText.duration(.seconds($0.connectedSeconds)) } ?? "",
                    worker.reputation.map { String($0.score) } ?? "", String(worker.jobsSettled),
                    String(worker.receiptsRefused), worker.reputation?.setAsideUntil ?? "", worker.software,
                    worker.lastSeenAt ?? "",
                ])
            }
            return table
        }

        /// `qwen3-8b:1/8` for one of eight slots taken, and a mark on a model that is not loaded or takes no jobs.
        private static func text(_ model: WorkerDetails.Model) -> String {
            "\(model.id):\(model.inFlight)/\(model.slots)\(model.isHealthy ? "" : "(\(model.health))")"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all that is known of a worker: session, score, failures.",
            discussion: "Scores are from 0 to 1000; counts halve every 30 days. docs/dispatch.md says what they mean."
        )

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var output: OutputOptions

        @Argument(help: ArgumentHelp("The worker's address, base58.", valueName: "address"))
        var worker: Address

        func run() async throws {
            let details = try await options.access().withRecords { try await $0.worker(worker) }
            try output.print(details) { WorkerText($0).text }
        }
    }

    struct Ban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turn a worker away; a session of it ends at once.",
            discussion: "What it earned stays its own. 'workers unban' takes it again."
        )

        @OptionGroup var options: ConfigurationOption

        @Argument(help: ArgumentHelp("The worker's address, base58.", valueName: "address"))
        var worker: Address

        @Option(name: .long, help: ArgumentHelp("Why; the worker's operator is told.", valueName: "text"))
        var reason = ""

        func run() async throws {
            try await options.access().withAdministration { try await $0.ban(worker, reason: reason) }
            print("banned \(worker)")
        }
    }

    struct Unban: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a banned worker again.")

        @OptionGroup var options: ConfigurationOption

        @Argument(help: ArgumentHelp("The worker's address, base58.", valueName: "address"))
        var worker: Address

        func run() async throws {
            try await options.access().withAdministration { try await $0.unban(worker) }
            print("unbanned \(worker)")
        }
    }
}
