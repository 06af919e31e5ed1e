import ArgumentParser
import Foundation
import Operations
import Worker

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at everything that a worker needs, and say what is wrong, why, and what to do.",
        discussion: """
            Backends are really asked, for one token of each model. While the daemon is down, networks are dialled up to \
            their welcome and supervised backends are started for the question; while it runs, it is asked instead. \
            Exit code 0 if the worker can work, 4 if something keeps it from working.
            """
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let visit = DoctorVisit(
            configurationFile: options.config,
            environment: ProcessInfo.processInfo.environment
        )
        let report = await visit.examine()
        try output.print(report) { $0.text }
        guard report.result != .fault else { throw ExitStatus.negative }
    }
}

extension DoctorReport {
    /// The report as a person reads it.
    fileprivate var text: String {
        let width = (findings.map(\.name.count).max() ?? 0) + 2
        var lines = findings.flatMap { finding -> [String] in
            let mark = finding.result.rawValue.padding(to: 9)
            let line = mark + finding.name.padding(to: width) + SafeText.line(finding.detail)
            return [line] + (finding.remedy.map { ["".padding(to: 9 + width) + "-> \(SafeText.line($0))"] } ?? [])
        }
        lines.append("")
        lines.append(
            result == .ok
                ? "All is well."
                : "\(HumanText.count(count(.fault), "fault")), \(HumanText.count(count(.warning), "warning"))."
        )
        return lines.joined(separator: "\n") + "\n"
    }
}
