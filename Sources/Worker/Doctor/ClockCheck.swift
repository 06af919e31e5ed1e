/// Looks whether something keeps this machine's clock right.
struct ClockCheck: DoctorCheck {
    let probe: CommandProbe
    let name = "clock"

    func examine() async -> [DoctorFinding] {
        [verdict(on: await probe.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"]))]
    }

    func verdict(on answer: CommandProbe.Answer) -> DoctorFinding {
        guard case .ended(0, let output) = answer else {
            return .ok(name, "timedatectl does not tell here whether it is synchronized")
        }
        guard output.hasPrefix("no") else { return .ok(name, "synchronized") }
        return .warning(
            name,
            "not synchronized: nothing keeps this machine's clock right",
            remedy: "timedatectl set-ntp true, or install chrony; in a container the host's clock counts"
        )
    }
}

/// How far a network's clock is from this machine's, as a finding.
enum ClockOffset {
    /// Receipts are refused past 30 s; the worker reckons in the network's time, so this is a symptom before it is a
    /// fault.
    static func finding(network: String, milliseconds: Int64) -> DoctorFinding? {
        let seconds = Double(milliseconds) / 1_000
        guard abs(seconds) >= 5 else { return nil }
        let detail = "the clock of network \(network) is \(seconds) s ahead of this machine's"
        let remedy = "timedatectl set-ntp true; if this clock is right, tell the network's operator"
        return abs(seconds) >= 30
            ? .fault("clock offset", detail, remedy: remedy) : .warning("clock offset", detail, remedy: remedy)
    }
}
