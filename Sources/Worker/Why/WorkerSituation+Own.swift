import Backends
import Operations
import Signing

// What this worker itself has to do with it.
extension WorkerSituation {
    /// Why no offer is taken, whatever the networks do.
    var ownReasons: [WhyReason] {
        var reasons: [WhyReason] = []
        if admission.isDraining {
            reasons.append(
                WhyReason(.draining, "the worker is shutting down", remedy: "start it again when it has ended")
            )
        }
        for pause in admission.pauses {
            switch pause.cause {
            case .operator:
                reasons.append(WhyReason(.paused, pause.reason, remedy: "decentral-worker resume"))
            case .schedule:
                reasons.append(
                    WhyReason(.schedule, pause.reason, remedy: "change [schedule] and run decentral-worker reload")
                )
            case .fault:
                reasons.append(
                    WhyReason(.fault, pause.reason, remedy: "decentral-worker doctor tells the faults and what helps")
                )
            }
        }
        if networks.isEmpty {
            reasons.append(
                WhyReason(.noNetworks, "there is nobody to take jobs from", remedy: "add a [[network]] section")
            )
        }
        if models.isEmpty {
            reasons.append(WhyReason(.noModels, "there is nothing to offer", remedy: "add a [[model]] section"))
        }
        return reasons
    }

    // MARK: Work that comes

    /// The good news, if there is some.
    ///
    /// Only while more may come: what was an hour ago is no answer to why there is nothing now.
    var workingReason: [WhyReason] {
        guard networks.contains(where: givesWork), models.contains(where: \.health.takesJobs) else { return [] }
        return working(activity.counts(at: now), running: models.reduce(0) { $0 + $1.inFlight })
    }

    /// Whether a network is there and has not set this worker aside.
    private func givesWork(_ network: Network) -> Bool {
        network.state.isConnected && network.state.standing?.isSetAside(atMilliseconds: nowMilliseconds) != true
    }

    func working(on network: Network) -> [WhyReason] {
        guard let gateway = network.gateway, givesWork(network) else { return [] }
        return working(activity.counts(network: gateway, at: now), running: 0, network: network.name)
    }

    func working(with model: ModelTable.Entry) -> [WhyReason] {
        guard networks.contains(where: givesWork), model.health.takesJobs else { return [] }
        return working(
            activity.counts(model: model.section.id, at: now),
            running: model.inFlight,
            model: model.section.id
        )
    }

    private func working(
        _ counts: ActivityCounts,
        running: Int,
        network: String? = nil,
        model: String? = nil
    ) -> [WhyReason] {
        guard counts.accepted > 0 || running > 0 else { return [] }
        var text = "getting work: \(HumanText.count(counts.accepted, "job")) in the last hour"
        if counts.settled > 0 { text += ", \(counts.settled) settled" }
        if running > 0 { text += ", \(running) running" }
        return [WhyReason(.working, text, network: network, model: model)]
    }

    // MARK: Offers that came to nothing

    /// What the figures of the last hour point at: many refusals, losses, unpaid jobs.
    func figureReasons(model: String? = nil) -> [WhyReason] {
        let counts = activity.counts(model: model, at: now)
        var reasons: [WhyReason] = []
        if counts.refusedCount > 0, counts.refusedCount * 2 >= counts.offered {
            reasons.append(
                WhyReason(
                    .offersRefused,
                    "this worker refused \(counts.refusedCount) of \(HumanText.count(counts.offered, "offer"))"
                        + " in the last hour: \(Self.list(counts.refused))",
                    remedy: Self.remedy(refused: counts.refused.mostFrequent?.reason ?? ""),
                    model: model
                )
            )
        }
        // A caller who hangs up is nobody's fault here.
        let lost = counts.lost.filter { !["caller_gone", "caller_too_slow"].contains($0.key) }
        let lostCount = lost.values.reduce(0, +)
        if lostCount > 0, lostCount * 4 >= counts.accepted {
            let most = lost.mostFrequent?.reason ?? ""
            reasons.append(
                WhyReason(
                    .jobsLost,
                    "\(lostCount) of \(HumanText.count(counts.accepted, "job")) in the last hour ended without a"
                        + " result: \(Self.list(lost))",
                    remedy: most.hasPrefix("backend")
                        ? "look at the backend's own log; decentral-worker jobs list --status failed names the jobs"
                        : "decentral-worker jobs list --status failed names the jobs, jobs show tells why",
                    model: model
                )
            )
        }
        if let (reason, _) = counts.unpaid.mostFrequent {
            reasons.append(
                WhyReason(
                    .jobsUnpaid,
                    "\(HumanText.count(counts.unpaidCount, "job")) of the last hour unpaid:"
                        + " \(Self.list(counts.unpaid))"
                        + (JobEndings.explanation(of: reason).map { " (\($0))" } ?? ""),
                    remedy: "decentral-worker jobs list --status unpaid names them",
                    model: model
                )
            )
        }
        return reasons
    }

    /// `9 at_capacity, 2 paused`, the most frequent first.
    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
            .joined(separator: ", ")
    }

    private static func remedy(refused reason: String) -> String {
        switch reason {
        case "at_capacity": "raise max_concurrent_jobs if the machine has room: decentral-worker benchmark tells"
        case "unsupported": "name what the backend can do in `features` of the [[model]] section"
        case "model_unavailable": "the network offers what is not hosted: restart after changing [[model]] sections"
        case "too_large": "raise context_window, if the backend has room for longer prompts"
        case "backend_unhealthy": "look at the backend: decentral-worker models tells how it is"
        case "too_little_time": "check this machine's clock, and the way to the network: decentral-worker doctor"
        case "invalid_offer": "the network's offers do not hold: tell its operator, with the worker's log"
        default: "decentral-worker status tells the worker's state"
        }
    }
}
