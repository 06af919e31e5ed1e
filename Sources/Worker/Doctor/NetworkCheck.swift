import Operations
import Signing
import WorkerProtocol
import WorkerTransport

/// Looks whether a network is reached, is the right one, and takes this worker.
struct NetworkCheck: DoctorCheck {
    let section: NetworkSection
    let daemon: DaemonView
    let host: HostProbe
    /// Nil without an identity: there is nothing to prove then.
    let network: NetworkProbe?
    /// Looks at the certificate after it was refused.
    let certificate: @Sendable (NetworkURL) async -> CertificateFacts?
    /// Unix seconds.
    var now: @Sendable () -> Int64 = { WallClock.live.nowMilliseconds / 1_000 }
    let timeLimit: Duration = .seconds(45)
    var name: String { "network \(section.name)" }

    func examine() async -> [DoctorFinding] {
        switch daemon {
        case .running(let status): return findings(in: status)
        case .silent: return await reach()
        case .down:
            let unreachable = await reach()
            return unreachable.isEmpty ? await prove() : unreachable
        }
    }

    // MARK: Through the daemon

    private func findings(in status: WorkerStatus) -> [DoctorFinding] {
        guard let state = status.networks.first(where: { $0.name == section.name }) else {
            return [
                .warning(
                    name,
                    "the daemon does not know it: it was started with another configuration",
                    remedy: "`\(WorkerDaemon.program) reload`, or restart it"
                )
            ]
        }
        guard state.connected else {
            return [
                .fault(
                    name,
                    "\(section.url): the daemon is not connected: \(state.lastError ?? "it is still dialling")",
                    remedy: "stop the daemon and run doctor again: it then dials itself and tells more"
                )
            ]
        }
        let gateway = state.gateway ?? "unknown"
        return [.ok(name, "\(section.url): the daemon is connected to \(gateway) since \(state.since)")]
            + [pin(gateway: gateway), ClockOffset.finding(network: section.name, milliseconds: state.clockOffsetMs)]
            .compactMap(\.self)
    }

    // MARK: Itself

    /// Nothing if the host answers.
    private func reach() async -> [DoctorFinding] {
        let (address, port) = (section.url.host, section.url.port)
        switch await host.connect(address, port) {
        case .connected:
            if case .silent = daemon {
                return [.ok(name, "\(section.url) can be reached; whether the daemon is connected is not known")]
            }
            return []
        case .unknownHost(let reason):
            return [
                .fault(
                    name,
                    "\(address): \(reason)",
                    remedy: "check the name in `url` and the resolver: getent hosts \(address)"
                )
            ]
        case .refused:
            return [
                .fault(
                    name,
                    "\(section.url): the connection is refused",
                    remedy: "check the port in `url`; if it is right, the gateway is down"
                )
            ]
        case .tookTooLong:
            return [
                .fault(
                    name,
                    "\(section.url): no answer",
                    remedy: "a firewall drops port \(port), or the gateway's machine is off"
                )
            ]
        case .failed(let reason):
            return [
                .fault(
                    name,
                    "\(section.url): \(reason)",
                    remedy: "check this machine's network: ip route get \(address)"
                )
            ]
        }
    }

    private func prove() async -> [DoctorFinding] {
        guard let network else {
            return [
                .warning(name, "\(section.url): not dialled, for want of an identity", remedy: "see the identity above")
            ]
        }
        switch await network.dial() {
        case .welcomed(let terms, let offset):
            let share = Double(terms.shareBasisPoints) / 100
            return [.ok(name, "\(section.url) took this worker: gateway \(terms.gateway), your share is \(share) %")]
                + [pin(gateway: "\(terms.gateway)"), ClockOffset.finding(network: section.name, milliseconds: offset)]
                .compactMap(\.self)
        case .closed(let closure):
            return [.fault(name, "\(section.url): \(closure.message)", remedy: remedy(for: closure.code))]
        case .failed(let error) where error.code == .tls:
            return [await tlsFault(error)]
        case .failed(let error):
            return [
                .fault(
                    name,
                    error.message,
                    remedy: "is that the port for workers? A caller's port speaks another protocol"
                )
            ]
        }
    }

    private func pin(gateway: String) -> DoctorFinding? {
        guard section.gatewayAddress == nil else { return nil }
        return .ok(name, "not pinned: gateway_address = \"\(gateway)\" would refuse any other")
    }

    private func remedy(for code: SessionClosure.Code) -> String {
        switch code {
        case .unverifiedGateway:
            "compare `gateway_address` with what the network's operator tells; do not just remove it"
        case .rejected: "the network's operator knows why; after an upgrade of theirs, upgrade this worker too"
        case .banned: "ask the network's operator"
        default: "run doctor again; if it stays, ask the network's operator"
        }
    }

    private func tlsFault(_ error: TransportError) async -> DoctorFinding {
        guard let facts = await certificate(section.url) else {
            return .fault(
                name,
                error.message,
                remedy: "does that port speak TLS? An http:// gateway is dialled on loopback alone"
            )
        }
        let (host, until) = (section.url.host, RFC3339.shortText(milliseconds: facts.validUntil * 1_000))
        switch facts.fault(host: host, now: now()) {
        case .expired:
            return .fault(
                name,
                "the certificate of \(host) expired at \(until)",
                remedy: "the network's operator must renew it; check this clock, too"
            )
        case .notYetValid:
            return .fault(
                name,
                "the certificate of \(host) is not valid yet",
                remedy: "check this machine's clock: date"
            )
        case .wrongName:
            let names = facts.names.prefix(5).joined(separator: ", ")
            return .fault(
                name,
                "the certificate is not for \(host), but for \(names.isEmpty ? "nobody" : names)",
                remedy: "dial one of those names in `url`"
            )
        case .unknownAuthority:
            return .fault(
                name,
                "nobody whom this machine trusts has signed the certificate of \(host)",
                remedy: section.trustFile.map { "the authority in \($0) did not: ask the operator for the right one" }
                    ?? "name the network's authority in `ca_file`, or install ca-certificates"
            )
        }
    }
}
