import ArgumentParser
import Operations
import Worker
import WorkerStore

struct PayoutsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payouts",
        abstract: "List payouts, the newest first, whether the daemon runs or not."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: ListOutputOptions

    @Option(name: .long, help: "How many payouts at most.")
    var limit = 50

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1.") }
    }

    func run() async throws {
        let list = PayoutList(try await options.history().payouts(limit: limit))
        try output.print(list, empty: "No payouts yet.") { list in
            var table = TextTable([
                .init("sequence", .right), .init("created"), .init("job"), .init("micro_usdc", .right),
                .init("state"), .init("slot", .right), .init("transaction"),
            ])
            for payout in list.payouts {
                table.append([
                    String(payout.sequence), payout.createdAt, payout.jobID, String(payout.amountMicroUSDC),
                    payout.state, String(payout.slot), payout.txSignature,
                ])
            }
            return table
        }
    }
}
