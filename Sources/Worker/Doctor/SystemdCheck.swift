import Glibc
import Operations

/// Looks whether systemd starts the worker at boot, and again when it ends.
struct SystemdCheck: DoctorCheck {
    /// Whether systemd runs this machine; in most containers it does not.
    var isSystemdThere: @Sendable () -> Bool = { access("/run/systemd/system", F_OK) == 0 }
    let probe: CommandProbe
    let name = "systemd"
    private static let unit = "\(WorkerDaemon.program).service"
    private static let properties = ["LoadState", "UnitFileState", "Restart", "WatchdogUSec", "NRestarts"]

    func examine() async -> [DoctorFinding] {
        guard isSystemdThere() else { return [.ok(name, "not looked at: systemd does not run this machine")] }
        return verdict(
            on: await probe.run(["systemctl", "show", Self.unit, "-p", Self.properties.joined(separator: ",")])
        )
    }

    func verdict(on answer: CommandProbe.Answer) -> [DoctorFinding] {
        guard case .ended(0, let output) = answer else {
            return [
                .warning(name, "systemctl did not answer", remedy: "run `systemctl status \(Self.unit)` and see why")
            ]
        }
        var values: [Substring: String] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = String(parts[1]) }
        }
        guard values["LoadState"] == "loaded" else {
            return [
                .warning(
                    name,
                    "\(Self.unit) is not installed (\(values["LoadState"] ?? "unknown")): nothing starts the worker at boot",
                    remedy: "install systemd/\(Self.unit), then `systemctl enable --now \(WorkerDaemon.program)`"
                )
            ]
        }
        var findings: [DoctorFinding] = []
        if values["UnitFileState"] != "enabled" {
            findings.append(
                .warning(
                    name,
                    "\(Self.unit) is \(values["UnitFileState"].flatMap { $0.isEmpty ? nil : $0 } ?? "not enabled"): "
                        + "it does not start at boot",
                    remedy: "systemctl enable \(WorkerDaemon.program)"
                )
            )
        }
        if values["Restart"] ?? "no" == "no" {
            findings.append(
                .warning(
                    name,
                    "Restart=no: a worker that ends stays down",
                    remedy: "set Restart=on-failure in the unit"
                )
            )
        }
        if ["0", "infinity", nil].contains(values["WatchdogUSec"]) {
            findings.append(
                .warning(
                    name,
                    "there is no watchdog: a worker that hangs stays so",
                    remedy: "set WatchdogSec=60 in the unit"
                )
            )
        }
        if let restarts = values["NRestarts"].flatMap(Int.init), restarts > 0 {
            findings.append(
                .warning(
                    name,
                    "the worker was started again \(HumanText.count(restarts, "time")) since the last `systemctl start`",
                    remedy: "see why: journalctl -u \(WorkerDaemon.program)"
                )
            )
        }
        return findings.isEmpty ? [.ok(name, "\(Self.unit) is enabled, restarts and is watched")] : findings
    }
}
