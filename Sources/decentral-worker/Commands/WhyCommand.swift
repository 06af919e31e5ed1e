import ArgumentParser
import Operations
import Worker

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell why this worker gets work, or gets none, and what helps.",
        discussion: """
            The answer comes first; then the reasons of each network and each model, the most important first, and \
            what came of the offers of the last hour.
            """
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let report: WhyReport
        do {
            report = try await options.client().get("/v1/why")
        } catch let error as CommandError where error.code == .unreachable {
            var error = error
            let look =
                "a worker that does not run gets no work; see how it ended: systemctl status \(WorkerDaemon.program),"
                + " journalctl -u \(WorkerDaemon.program) -n 50"
            error.hint = error.hint.map { "\($0)\n\(look)" } ?? look
            throw error
        }
        try output.print(report) { $0.text }
    }
}

extension WhyReport {
    /// The report as a person reads it.
    var text: String {
        var lines = [SafeText.line(answer)]
        if let remedy = reasons.first?.remedy { lines.append("  -> \(SafeText.line(remedy))") }
        lines.append("")
        for part in networks { lines += part.lines(as: "network") }
        for part in models { lines += part.lines(as: "model") }
        lines.append("last hour  \(lastHour.text)")
        lines.append("last offer \(lastOfferAt ?? "none since the start")")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension WhyReport.Part {
    fileprivate func lines(as kind: String) -> [String] {
        var lines = ["\(kind) \(SafeText.line(name))"]
        for reason in reasons {
            lines.append("  - \(SafeText.line(reason.message))")
            if let remedy = reason.remedy { lines.append("    -> \(SafeText.line(remedy))") }
        }
        return lines + [""]
    }
}

extension ActivityReport {
    /// In one line.
    var text: String {
        func list(_ counts: [String: Int]) -> String {
            let parts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
            return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        }
        let (refusals, losses, unpaidJobs) = (
            refused.values.reduce(0, +), lost.values.reduce(0, +), unpaid.values.reduce(0, +)
        )
        return "\(HumanText.count(offers, "offer")): \(accepted) accepted, \(refusals) refused\(list(refused));"
            + " \(losses) lost\(list(lost)), \(settled) settled for \(HumanText.usdc(micro: microUSDC)),"
            + " \(unpaidJobs) unpaid\(list(unpaid))"
    }
}
