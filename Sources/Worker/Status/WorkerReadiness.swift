import Backends
import Operations

/// What state a worker is in, and what keeps it from taking jobs.
struct WorkerReadiness: Sendable, Equatable {
    var state: WorkerStatus.State
    /// Sentences for the operator: what is wrong, and where to look.
    var warnings: [String]

    /// How long after its start a worker may still be `starting`.
    static let startTime: Duration = .seconds(30)

    init(_ situation: WorkerSituation) {
        let (networks, models) = (situation.networks, situation.models)
        var warnings = networks.compactMap(Self.warning(of:)) + models.compactMap(Self.warning(of:))
        if networks.isEmpty { warnings.append("no [[network]] is configured: there is nobody to take jobs from") }
        if models.isEmpty { warnings.append("no [[model]] is configured: there is nothing to offer") }
        warnings += Self.warnings(of: situation.admission)
        warnings += networks.compactMap { Self.setAside($0, situation) }
        let drought = situation.drought
        if let drought { warnings.append(Self.warning(of: drought)) }
        if let unpaid = Self.warning(of: situation.lastDay) { warnings.append(unpaid) }
        warnings += situation.reconciled.networks.compactMap(Self.warning(of:))
        self.warnings = warnings

        let connected = networks.filter(\.state.isConnected)
        let isSetAside =
            !connected.isEmpty && connected.allSatisfy { Self.setAside($0, situation) != nil }
        let canWork = !connected.isEmpty && models.contains { $0.health.takesJobs }
        let isUndecided =
            situation.uptime < Self.startTime && !networks.isEmpty && !models.isEmpty
            && networks.allSatisfy { $0.state.isConnected || $0.state.lastError == nil }
            && models.allSatisfy { $0.health != .unhealthy }
        if situation.admission.isDraining {
            state = .draining
        } else if let pause = situation.admission.pause {
            // A fault is nobody's wish: somebody should look.
            state = pause.cause == .fault ? .degraded : .paused
        } else if canWork {
            state = isSetAside || drought != nil ? .degraded : .ready
        } else {
            state = isUndecided ? .starting : .degraded
        }
    }

    private static func warnings(of admission: Admission) -> [String] {
        var warnings: [String] = []
        if admission.isPausedByOperator {
            warnings.append("paused by the operator: `decentral-worker resume` takes jobs again")
        }
        if let reason = admission.scheduleReason { warnings.append(reason) }
        return warnings + admission.faults.map { "\($0.name): \($0.message)" }
    }

    private static func setAside(_ network: WorkerSituation.Network, _ situation: WorkerSituation) -> String? {
        let now = situation.nowMilliseconds
        guard network.state.isConnected, let standing = network.state.standing, let setAside = standing.setAside,
            standing.isSetAside(atMilliseconds: now)
        else { return nil }
        return "network \(network.name) has set this worker aside until"
            + " \(RFC3339.shortText(milliseconds: setAside.untilMilliseconds)): \(setAside.reason)"
    }

    private static func warning(of drought: WorkerSituation.Drought) -> String {
        "no offer for \(HumanText.duration(drought.length)), while network \(drought.network) had"
            + " \(HumanText.count(drought.jobsElsewhere, "job")) of \(drought.model) for others:"
            + " `decentral-worker why` says what it thinks of this worker"
    }

    private static func warning(of report: ReconciliationReport) -> String? {
        guard report.differenceCount > 0 else { return nil }
        return "the record of network \(report.network) differs from this worker's in"
            + " \(HumanText.count(report.differenceCount, "point")): `decentral-worker reconcile --last` lists them"
    }

    private static func warning(of lastDay: WorkerSituation.LastDay) -> String? {
        guard let (reason, _) = lastDay.unpaid.mostFrequent else { return nil }
        return "\(HumanText.count(lastDay.unpaidCount, "job")) of the last day unpaid, most often for \(reason)"
            + (JobEndings.explanation(of: reason).map { " (\($0))" } ?? "")
            + ": `decentral-worker jobs list --status unpaid`"
    }

    private static func warning(of network: WorkerSituation.Network) -> String? {
        let (name, state) = (network.name, network.state)
        if !state.isConnected {
            return "network \(name) is not connected" + (state.lastError.map { ": \($0)" } ?? " yet")
        }
        return state.isDraining ? "network \(name) is shutting down and sends no jobs" : nil
    }

    private static func warning(of model: ModelTable.Entry) -> String? {
        switch model.health {
        case .healthy, .unloaded: nil
        case .starting: "model \(model.section.id) is starting: \(model.reason)"
        case .unhealthy: "model \(model.section.id) is unhealthy: \(model.reason)"
        }
    }
}
