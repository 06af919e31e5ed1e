import ArgumentParser
import Operations
import Worker

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare this worker's jobs of the last week with each network's record of them.",
        discussion: """
            The daemon does the same once a day, and status warns of what differs. Exit code 0: all agree; 4: something \
            differs; 1: a network could not be asked.
            """
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: "Only this network, by its name in the configuration.")
    var network: String?

    @Flag(name: .long, help: "Ask nobody: show what the last comparison found.")
    var last = false

    func run() async throws {
        let client = try options.client(timeout: .seconds(600))
        var list: ReconciliationList
        if last {
            list = try await client.get("/v1/reconciliation")
            if let network { list.networks.removeAll { $0.network != network } }
        } else {
            list = try await client.post("/v1/reconcile", ReconcileOrder(network: network))
        }
        try output.print(list) { $0.text }
        if list.networks.contains(where: { $0.differenceCount > 0 }) { throw ExitStatus.negative }
        if list.networks.contains(where: { $0.error != nil }) { throw ExitStatus.failed }
    }
}

extension ReconciliationList {
    /// What was found, as a person reads it.
    fileprivate var text: String {
        guard !networks.isEmpty else { return "Nothing was compared yet: the daemon does it within 10 minutes.\n" }
        return networks.map(\.text).joined(separator: "\n")
    }
}

extension ReconciliationReport {
    fileprivate var text: String {
        var lines = [
            "network \(network): \(HumanText.count(jobsCompared, "job")) from \(since) to \(until) compared at \(at),"
                + " \(HumanText.count(differenceCount, "difference"))"
        ]
        if let error { lines.append("  it did not come to an end: \(SafeText.line(error))") }
        lines += differences.map { "  \($0.jobID)  \($0.kind.rawValue): \(SafeText.line($0.message))" }
        if differenceCount > differences.count { lines.append("  … and \(differenceCount - differences.count) more") }
        return lines.joined(separator: "\n") + "\n"
    }
}
