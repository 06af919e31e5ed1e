import ArgumentParser
import Gateway
import Operations

/// `ledger`.
struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "The signed, hash-chained, double-entry record of all credits.",
        subcommands: [Verify.self]
    )

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Walk the whole ledger and check it; the exit status is 4 if it does not hold."
        )

        @OptionGroup var options: ConfigurationOption
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let report = try await options.access().withRecords { try await $0.verifyLedger() }
            try output.print(report, text: Self.text)
            guard report.isClean else { throw ExitStatus.negative }
        }

        private static func text(_ report: LedgerReport) -> String {
            let walked = HumanText.count(report.entryCount, "entry", plural: "entries")
            guard !report.isClean else {
                return "the ledger holds: \(walked), chained, balanced and signed by \(report.signer)\n"
            }
            let findings = report.findings.map { finding in
                "\(finding.sequence.map { "entry \($0): " } ?? "")\(SafeText.line(finding.message))\n"
            }
            let rest = report.findingCount - report.findings.count
            return "the ledger does not hold: \(HumanText.count(report.findingCount, "finding")) in \(walked)\n"
                + findings.joined() + (rest > 0 ? "and \(rest) more\n" : "")
        }
    }
}
