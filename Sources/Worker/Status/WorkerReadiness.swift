import Backends

/// What state a worker is in, and what keeps it from taking jobs.
struct WorkerReadiness: Sendable, Equatable {
    var state: WorkerStatus.State
    /// Sentences for the operator: what is wrong, and where to look.
    var warnings: [String]

    /// What is known of a network.
    struct Network: Sendable {
        var name: String
        var isConnected: Bool
        var isDraining: Bool
        var lastError: String?
    }

    /// How long after its start a worker may still be `starting`.
    static let startTime: Duration = .seconds(30)

    init(
        admission: Admission,
        uptime: Duration,
        networks: [Network],
        models: [ModelTable.Entry]
    ) {
        var warnings = networks.compactMap(Self.warning(of:)) + models.compactMap(Self.warning(of:))
        if networks.isEmpty { warnings.append("no [[network]] is configured: there is nobody to take jobs from") }
        if models.isEmpty { warnings.append("no [[model]] is configured: there is nothing to offer") }
        warnings += Self.warnings(of: admission)
        self.warnings = warnings

        let canWork = networks.contains(where: \.isConnected) && models.contains { $0.health.takesJobs }
        let isUndecided =
            uptime < Self.startTime && !networks.isEmpty && !models.isEmpty
            && networks.allSatisfy { $0.isConnected || $0.lastError == nil }
            && models.allSatisfy { $0.health != .unhealthy }
        if admission.isDraining {
            state = .draining
        } else if admission.pause != nil {
            state = .paused
        } else if canWork {
            state = .ready
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

    private static func warning(of network: Network) -> String? {
        if !network.isConnected {
            return "network \(network.name) is not connected" + (network.lastError.map { ": \($0)" } ?? " yet")
        }
        return network.isDraining ? "network \(network.name) is shutting down and sends no jobs" : nil
    }

    private static func warning(of model: ModelTable.Entry) -> String? {
        switch model.health {
        case .healthy, .unloaded: nil
        case .starting: "model \(model.section.id) is starting: \(model.reason)"
        case .unhealthy: "model \(model.section.id) is unhealthy: \(model.reason)"
        }
    }
}
