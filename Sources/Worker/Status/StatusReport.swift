import Backends
import Operations
import SQLiteStore
import Signing
import WorkerStore

/// Puts together what the daemon knows of itself.
struct StatusReport: Sendable {
    let version: String
    let configuration: LiveConfiguration
    let address: Address
    let payoutAddress: Address
    let fleet: NetworkFleet
    let models: ModelHost
    let jobs: JobCoordinator
    let history: WorkerHistory
    let activity: WorkerActivity
    let reconciler: Reconciler
    var clock = WallClock.live
    let startedAt: ContinuousClock.Instant

    var networks: [NetworkConnection] { fleet.connections }

    func status() async throws -> WorkerStatus {
        let totals = try await history.totals()
        let table = models.snapshot
        let networks = networks.map { ($0, $0.network) }
        let situation = try await situation()
        let readiness = WorkerReadiness(situation)
        return WorkerStatus(
            version: version,
            address: address.description,
            payoutAddress: payoutAddress.description,
            name: configuration.current.worker.name,
            state: readiness.state,
            uptimeSeconds: Int((.now - startedAt).components.seconds),
            networks: networks.map { WorkerStatus.Network($0, $1) },
            models: table.entries.map(WorkerStatus.Model.init),
            jobs: .init(
                inFlight: jobs.jobsInFlight,
                settled: totals.settled,
                failed: totals.failed,
                unpaid: totals.unpaid,
                cancelled: totals.cancelled,
                awaitingVerdict: totals.finished,
                unpaidLastDay: situation.lastDay.unpaidCount,
                unpaidReason: situation.lastDay.unpaid.mostFrequent?.reason
            ),
            earnings: .init(
                credits: totals.credits,
                microUSDC: totals.microUSDC,
                pendingMicroUSDC: totals.pendingMicroUSDC,
                paidMicroUSDC: totals.paidMicroUSDC
            ),
            warnings: readiness.warnings
        )
    }

    /// Why this worker gets work, or gets none.
    func why() async throws -> WhyReport { WhyReport(try await situation()) }

    /// Everything that bears on whether this worker gets work, now.
    func situation() async throws -> WorkerSituation {
        let now = clock.nowMilliseconds
        return WorkerSituation(
            admission: jobs.admission,
            openSince: jobs.openSince,
            uptime: .now - startedAt,
            networks: networks.map {
                .init(name: $0.configuration.name, url: $0.configuration.url, state: $0.network)
            },
            models: models.snapshot.entries,
            activity: activity.lastHour,
            lastDay: .init(try await history.outcomes(since: now - Self.day)),
            reconciled: reconciler.list,
            now: .now,
            nowMilliseconds: now
        )
    }

    /// In milliseconds.
    private static let day: Int64 = 86_400_000

    func modelList() -> ModelList {
        ModelList(models: models.snapshot.entries.map(WorkerStatus.Model.init))
    }
}

extension WorkerStatus.Network {
    fileprivate init(_ connection: NetworkConnection, _ state: NetworkState) {
        self.init(
            name: connection.configuration.name,
            url: connection.configuration.url,
            connected: state.isConnected,
            sessionID: state.sessionID,
            since: RFC3339.text(milliseconds: state.sinceMilliseconds),
            lastError: state.lastError,
            gateway: state.gateway,
            shareBPS: state.shareBasisPoints,
            clockOffsetMs: connection.clockOffsetMilliseconds
        )
    }
}

extension WorkerStatus.Model {
    fileprivate init(_ entry: ModelTable.Entry) {
        let health =
            switch entry.health {
            case .starting: "starting"
            case .unloaded: "unloaded"
            case .healthy: "healthy"
            case .unhealthy: "unhealthy"
            }
        self.init(
            id: entry.section.id,
            backend: entry.section.backend,
            upstreamModel: entry.section.upstreamModel,
            health: health,
            slots: entry.section.maxConcurrentJobs,
            inFlight: entry.inFlight,
            contextWindow: entry.section.contextWindow,
            features: entry.section.features.map(\.rawValue).sorted(),
            reason: entry.reason.isEmpty ? nil : entry.reason
        )
    }
}
