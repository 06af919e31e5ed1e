import Backends
import Operations
import WorkerProtocol

// What the networks have to do with it.
extension WorkerSituation {
    /// Why nothing comes from a network, whatever the models.
    func reasons(of network: Network) -> [WhyReason] {
        let state = network.state
        guard state.isConnected else { return [notConnected(network)] }
        var reasons: [WhyReason] = []
        if state.isDraining {
            reasons.append(
                WhyReason(
                    .networkDraining,
                    "network \(network.name) is shutting down and sends no jobs",
                    remedy: "nothing: the worker connects again when the network is back",
                    network: network.name
                )
            )
        }
        if let standing = state.standing, let setAside = standing.setAside,
            standing.isSetAside(atMilliseconds: nowMilliseconds)
        {
            let until = setAside.untilMilliseconds
            reasons.append(
                WhyReason(
                    .setAside,
                    "network \(network.name) has set this worker aside until"
                        + " \(RFC3339.shortText(milliseconds: until))"
                        + " (\(HumanText.relative(until, now: nowMilliseconds))): \(setAside.reason)",
                    remedy: "find out why its jobs failed: decentral-worker jobs list --status failed,"
                        + " then decentral-worker selftest",
                    network: network.name
                )
            )
        }
        return reasons
    }

    private func notConnected(_ network: Network) -> WhyReason {
        let (name, state) = (network.name, network.state)
        guard let error = state.lastError else {
            return WhyReason(
                .connecting,
                "network \(name) (\(network.url)) has not answered yet",
                remedy: "wait a moment",
                network: name
            )
        }
        let since = HumanText.relative(state.sinceMilliseconds, now: nowMilliseconds)
        let (code, remedy) = Self.remedy(for: state.lastErrorCode ?? .lost, url: network.url)
        return WhyReason(
            code,
            "network \(name) is not connected, since \(since): \(SafeText.line(error))",
            remedy: remedy,
            network: name
        )
    }

    private static func remedy(for end: SessionClosure.Code, url: String) -> (WhyReason.Code, String) {
        switch end {
        case .rejected, .banned:
            (.refused, "the network's words say why; its operator can tell more. It is asked again once a minute")
        case .unverifiedGateway:
            (.wrongGateway, "check url and gateway_address of the [[network]] section: somebody else answers there")
        case .duplicate:
            (.duplicateNetwork, "remove one of the two [[network]] sections")
        case .superseded:
            (.superseded, "make sure that no other machine uses this worker's identity file")
        case .protocolViolation:
            (.notConnected, "worker and gateway do not understand each other: compare their versions")
        case .lost, .heartbeatMissed, .handshakeTimeout, .drained, .shutdown:
            (
                .notConnected,
                "check that \(url) is right and reachable from here (decentral-worker doctor);"
                    + " the worker dials again by itself"
            )
        }
    }

    // MARK: Models

    /// Why no jobs of a model come: its own state, then each network's verdict.
    func reasons(of model: ModelTable.Entry) -> [WhyReason] {
        let id = model.section.id
        switch model.health {
        case .unhealthy:
            return [
                WhyReason(
                    .unhealthy,
                    "model \(id) is not offered, its backend \(model.section.backend) is unhealthy: \(model.reason)",
                    remedy: "look at the backend; the model is offered again as soon as it answers",
                    model: id
                )
            ]
        case .starting:
            return [
                WhyReason(
                    .starting,
                    "model \(id) is not offered yet, its backend \(model.section.backend) starts: \(model.reason)",
                    remedy: "wait: a large model takes minutes",
                    model: id
                )
            ]
        default:
            break
        }
        let verdicts = networks.filter(\.state.isConnected).compactMap { verdict(of: $0, on: model) }
        guard model.freeSlots <= 0, !verdicts.contains(where: { $0.code == .noSlots }) else { return verdicts }
        return [noSlots(model)] + verdicts
    }

    private func noSlots(_ model: ModelTable.Entry, network: String? = nil) -> WhyReason {
        let slots = HumanText.count(model.section.maxConcurrentJobs, "slot")
        return WhyReason(
            .noSlots,
            "all of the \(slots) of \(model.section.id) are taken",
            remedy: "nothing, it works; raise max_concurrent_jobs if the machine has room",
            network: network,
            model: model.section.id
        )
    }

    private func verdict(of network: Network, on model: ModelTable.Entry) -> WhyReason? {
        let (name, id) = (network.name, model.section.id)
        guard let standing = network.state.standing?[id] else {
            return WhyReason(
                .noStanding,
                "network \(name) has not said yet what it thinks of \(id)",
                remedy: "wait a minute; a gateway of an older version never says",
                network: name,
                model: id
            )
        }
        func reason(_ code: WhyReason.Code, _ message: String, _ remedy: String?) -> WhyReason {
            WhyReason(code, message, remedy: remedy, network: name, model: id)
        }
        let said = standing.message.isEmpty ? "" : ": \(standing.message)"
        switch standing.verdict {
        case .eligible:
            return reason(
                .eligible,
                "the next job of \(id) on network \(name) may come here; \(standing.demand)",
                nil
            )
        case .noDemand:
            // The network's word is a minute old at most, and jobs came since.
            let counts = network.gateway.map { activity.counts(network: $0, model: id, at: now) }
            if let counts, counts.offered > 0 { return nil }
            return reason(
                .noDemand,
                "nobody asked network \(name) for \(id) in the last hour",
                "nothing is wrong here; a model that is asked for more would bring work"
            )
        case .othersPreferred:
            return reason(
                .othersPreferred,
                "network \(name) prefers others for \(id): this worker's score is \(Self.score(standing.score)), the"
                    + " best of \(HumanText.count(standing.workers, "worker")) has"
                    + " \(Self.score(standing.bestScore)); \(standing.demand)",
                Self.remedy(network.state.standing?.parts)
            )
        case .notInCatalogue:
            return reason(
                .notInCatalogue,
                "network \(name) has no model \(id) in its catalogue",
                "use the network's id for the model as `id` of the [[model]] section, and what the backend calls it as"
                    + " upstream_model"
            )
        case .lacksFeatures:
            return reason(
                .lacksFeatures,
                "the jobs of \(id) on network \(name) need what this worker does not announce\(said)",
                "name what the backend can do in `features` of the [[model]] section"
            )
        case .noFreeSlots:
            return noSlots(model, network: name)
        case .unknown:
            return reason(
                .unknownVerdict,
                "network \(name) gives \(id) no jobs for a reason that this version does not know\(said)",
                "upgrade the worker"
            )
        case .setAside, .networkDraining, .paused, .unhealthy:
            // Said already, for the network or the worker as a whole; or the network has not heard the latest.
            return nil
        }
    }

    /// `0.412`.
    private static func score(_ thousandths: Int) -> String {
        let digits = String(max(0, thousandths) % 1_000)
        let zeros = String(repeating: "0", count: 3 - digits.count)
        return "\(max(0, thousandths) / 1_000).\(zeros)\(digits)"
    }

    /// What helps depends on the part of the score that is worst.
    private static func remedy(_ parts: NetworkStanding.ScoreParts?) -> String? {
        guard let parts else { return nil }
        let remedies: [(Int, String)] = [
            (
                parts.completion,
                "completion \(score(parts.completion)): too many jobs fail, see jobs list --status failed"
            ),
            (
                parts.timeToFirstToken,
                "time to first token \(score(parts.timeToFirstToken)): others answer sooner, see benchmark"
            ),
            (parts.proof, "proofs \(score(parts.proof)): receipts were refused, see jobs list --status unpaid"),
            (parts.uptime, "uptime \(score(parts.uptime)): it grows with every day that the worker stays connected"),
        ]
        return remedies.min { $0.0 < $1.0 }.map { "its weakest part is \($0.1)" }
    }
}

extension NetworkStanding.Model {
    /// What callers ask of the network, in words.
    fileprivate var demand: String {
        var text = "\(HumanText.count(jobsLastHour, "job")) of it in the last hour, \(jobsHereLastHour) of them here"
        if jobsWaiting > 0 { text += ", \(jobsWaiting) waiting" }
        return text
    }
}
