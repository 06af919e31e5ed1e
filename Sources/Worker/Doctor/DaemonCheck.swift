import Operations

/// Looks whether the daemon is there, and what it says of itself.
struct DaemonCheck: DoctorCheck {
    let daemon: DaemonView
    let name = "daemon"

    func examine() async -> [DoctorFinding] {
        switch daemon {
        case .down:
            return [
                .warning(
                    name,
                    "\(WorkerDaemon.program) is not running; backends and networks were asked directly",
                    remedy: "systemctl enable --now \(WorkerDaemon.program)"
                )
            ]
        case .silent(let why, let remedy):
            return [.fault(name, why, remedy: remedy)]
        case .running(let status):
            return [state(of: status)] + version(of: status)
                + status.warnings.map {
                    .warning("\(name) warning", $0, remedy: "`\(WorkerDaemon.program) status` tells more")
                }
        }
    }

    private func state(of status: WorkerStatus) -> DoctorFinding {
        let detail =
            "\(status.name) is \(status.state.rawValue), up \(HumanText.duration(.seconds(status.uptimeSeconds)))"
        switch status.state {
        case .ready, .starting:
            return .ok(name, detail)
        case .paused:
            return .warning(name, detail, remedy: "`\(WorkerDaemon.program) resume` takes jobs again")
        case .draining:
            return .warning(name, detail, remedy: "it ends when its jobs are done: start it again to take others")
        case .degraded:
            return .fault(name, detail, remedy: "see the warnings below, and `\(WorkerDaemon.program) why`")
        }
    }

    private func version(of status: WorkerStatus) -> [DoctorFinding] {
        guard status.version != WorkerDaemon.version else { return [] }
        return [
            .warning(
                "\(name) version",
                "the daemon is \(status.version), this command \(WorkerDaemon.version)",
                remedy: "restart the daemon after an upgrade: systemctl restart \(WorkerDaemon.program)"
            )
        ]
    }
}
