import ArgumentParser
import Operations
import Worker

struct SelftestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Run a real job of the network's own through this worker: free, unpaid, and told step by step.",
        discussion: "A paused worker may be tested too. Exit code 0: passed; 4: it did not."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: "A model that this worker hosts; default: the first that takes jobs.")
    var model: String?

    @Option(name: .long, help: "A network, by its name in the configuration; default: the first connected.")
    var network: String?

    func run() async throws {
        let order = SelfTestOrder(model: model, network: network)
        let report: SelfTestReport = try await options.client(timeout: .seconds(180)).post("/v1/selftest", order)
        try output.print(report) { $0.text }
        if !report.passed { throw ExitStatus.negative }
    }
}

extension SelfTestReport {
    /// The steps as a person reads them.
    fileprivate var text: String {
        var lines = steps.map { step in
            let time = "\(step.afterMs) ms"
            return String(repeating: " ", count: max(0, 9 - time.count)) + time + "  \(SafeText.line(step.message))"
        }
        var verdict = passed ? "passed" : "failed: \(SafeText.line(message))"
        if let first = timeToFirstTokenMs { verdict += ", first token after \(first) ms" }
        if let tokens = completionTokens { verdict += ", \(HumanText.count(tokens, "token"))" }
        lines.append(verdict)
        return lines.joined(separator: "\n") + "\n"
    }
}
