import ArgumentParser
import Operations
import Worker

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell how the running daemon is: networks, models, jobs, earnings, warnings."
    )

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let status: WorkerStatus = try await options.client().get("/v1/status")
        try output.print(status) { $0.text }
    }
}

extension WorkerStatus.Jobs {
    /// How many of the last day, and why.
    fileprivate var unpaidText: String {
        guard unpaidLastDay > 0 else { return "" }
        return " (\(unpaidLastDay) of the last day" + (unpaidReason.map { ", most often \(SafeText.line($0))" } ?? "")
            + ")"
    }
}

extension WorkerStatus {
    /// The status as a person reads it.
    fileprivate var text: String {
        var lines = [
            "\(name) is \(state.rawValue), up \(HumanText.duration(.seconds(uptimeSeconds)))"
                + " (\(WorkerDaemon.program) \(version))",
            "address   \(address)" + (payoutAddress == address ? "" : ", pays \(payoutAddress)"),
            "jobs      \(jobs.inFlight) running, \(jobs.settled) settled, \(jobs.awaitingVerdict) awaiting a verdict,"
                + " \(jobs.unpaid) unpaid\(jobs.unpaidText), \(jobs.failed) failed, \(jobs.cancelled) cancelled",
            "earned    \(HumanText.usdc(micro: earnings.microUSDC)) (\(HumanText.count(earnings.credits, "credit"))"
                + " charged), \(HumanText.usdc(micro: earnings.pendingMicroUSDC)) pending",
        ]
        for network in networks {
            let state = network.connected ? "connected" : "not connected: \(network.lastError ?? "dialling")"
            lines.append("network   \(network.name) (\(network.url)): \(SafeText.line(state)), since \(network.since)")
        }
        for model in models {
            let reason = model.reason.map { ": \(SafeText.line($0))" } ?? ""
            lines.append(
                "model     \(model.id): \(model.health)\(reason), \(model.inFlight) of \(model.slots) slots in use"
            )
        }
        lines += warnings.map { "warning   \(SafeText.line($0))" }
        return lines.joined(separator: "\n") + "\n"
    }
}
