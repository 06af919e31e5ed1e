import ArgumentParser
import Foundation
import Operations
import Worker

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch the running daemon: state, networks, models and the last hour, drawn anew every second.",
        discussion: "Ends with q or Ctrl-C."
    )

    @OptionGroup var options: ConfigurationOption

    @Flag(name: .long, help: "Draw once and end.")
    var once = false

    @Option(name: .long, help: "Seconds between two drawings.")
    var interval = 1

    func validate() throws {
        guard (1...3600).contains(interval) else { throw ValidationError("--interval is 1 to 3600 seconds.") }
    }

    func run() async throws {
        let client = try options.client()
        let terminal = once ? nil : TerminalScreen()
        defer { terminal?.close() }
        while true {
            let status: WorkerStatus = try await client.get("/v1/status")
            let why: WhyReport = try await client.get("/v1/why")
            let text = Self.page(status, why)
            guard let terminal else {
                FileHandle.standardOutput.write(Data(text.utf8))
                return
            }
            terminal.draw(text)
            if await terminal.isAskedToEnd(within: .seconds(interval)) { return }
        }
    }

    private static func page(_ status: WorkerStatus, _ why: WhyReport) -> String {
        var lines = [
            "\(SafeText.line(status.name))  \(status.state.rawValue)  up"
                + " \(HumanText.duration(.seconds(status.uptimeSeconds)))",
            SafeText.line(why.answer),
            "",
            "jobs      \(status.jobs.inFlight) running, \(status.jobs.settled) settled,"
                + " \(status.jobs.awaitingVerdict) awaiting a verdict, \(status.jobs.unpaid) unpaid,"
                + " \(status.jobs.failed) failed",
            "earned    \(HumanText.usdc(micro: status.earnings.microUSDC)),"
                + " \(HumanText.usdc(micro: status.earnings.pendingMicroUSDC)) pending",
            "last hour \(why.lastHour.text)",
            "",
        ]
        var networks = TextTable([
            .init("network"), .init("connected"), .init("offers", .right), .init("settled", .right), .init("why"),
        ])
        for (network, part) in zip(status.networks, why.networks) {
            networks.append([
                network.name, network.connected ? "yes" : "no", String(part.lastHour.offers),
                String(part.lastHour.settled), part.reasons.first?.message ?? "",
            ])
        }
        var models = TextTable([
            .init("model"), .init("health"), .init("in use", .right), .init("slots", .right), .init("offers", .right),
            .init("settled", .right), .init("why"),
        ])
        for (model, part) in zip(status.models, why.models) {
            models.append([
                model.id, model.health, String(model.inFlight), String(model.slots), String(part.lastHour.offers),
                String(part.lastHour.settled), part.reasons.first?.message ?? "",
            ])
        }
        lines += [networks.text, models.text]
        lines += status.warnings.map { "warning   \(SafeText.line($0))" }
        return lines.joined(separator: "\n") + "\n"
    }
}
