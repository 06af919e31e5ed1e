import ArgumentParser
import Operations
import Worker
import WorkerStore

struct EarningsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "earnings",
        abstract: "Sum up what was earned, whether the daemon runs or not.",
        discussion: """
            Days, weeks (named after their Monday) and months are those of UTC. A job counts when it was settled, a
            payout when it came, and a job that waits for the network's verdict is pending since it was finished.
            """
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: ListOutputOptions

    @Option(name: .long, help: "A row for each day, week, month, model or network.")
    var by = EarningsGrouping.day

    @Option(name: .long, help: "The first day that counts, in UTC: 2026-06-15.")
    var since: String?

    @Option(name: .long, help: "How many rows at most; the total counts the others too.")
    var limit = 50

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1.") }
        if let since, RFC3339.milliseconds(ofDay: since) == nil {
            throw ValidationError("--since is a day from 1970 on, such as 2026-06-15; found \(SafeText.line(since)).")
        }
    }

    func run() async throws {
        let start = since.flatMap(RFC3339.milliseconds(ofDay:))
        let earnings = try await options.history().earnings(by: by, since: start, limit: limit)
        let report = EarningsReport(earnings, by: by, since: since)
        try output.print(report, empty: "Nothing earned yet.") { output.csv ? $0.plainTable : $0.table }
    }
}

extension EarningsReport {
    /// For people: USDC, and the total below.
    fileprivate var table: TextTable {
        var table = TextTable([
            .init(title), .init("jobs", .right), .init("tokens in", .right), .init("tokens out", .right),
            .init("credits", .right), .init("earned", .right), .init("paid", .right), .init("pending", .right),
        ])
        for row in rows.isEmpty ? [] : rows + [total] {
            table.append(
                [row.group ?? "total", row.jobs, row.promptTokens, row.completionTokens, row.credits].map { "\($0)" }
                    + [row.microUSDC, row.paidMicroUSDC, row.pendingMicroUSDC].map(HumanText.usdc(micro:))
            )
        }
        return table
    }

    /// For programs: integers, without the total, which would be counted twice.
    fileprivate var plainTable: TextTable {
        var table = TextTable([
            .init(by), .init("jobs"), .init("prompt_tokens"), .init("completion_tokens"), .init("credits"),
            .init("micro_usdc"), .init("paid_micro_usdc"), .init("pending_micro_usdc"),
        ])
        for row in rows {
            let numbers = [
                row.jobs, row.promptTokens, row.completionTokens, row.credits, row.microUSDC, row.paidMicroUSDC,
                row.pendingMicroUSDC,
            ]
            table.append([row.group ?? ""] + numbers.map(String.init))
        }
        return table
    }

    private var title: String {
        switch by {
        case "day": "day (UTC)"
        case "week": "week from (UTC)"
        case "month": "month (UTC)"
        default: by
        }
    }
}

extension EarningsGrouping: ExpressibleByArgument {}
