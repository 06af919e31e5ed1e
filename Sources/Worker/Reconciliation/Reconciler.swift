import Logging
import Operations
import ServiceLifecycle
import Synchronization
import WorkerProtocol
import WorkerStore

/// Asks every network once a day for its record of this worker, and keeps what differs.
final class Reconciler: Service {
    /// Longest wait for one page.
    static let pageTimeout: Duration = .seconds(30)
    /// Jobs accepted so long ago, in milliseconds, are compared.
    static let window: Int64 = 7 * 86_400_000
    /// The youngest are not, because they may be under way; in milliseconds.
    static let settlingTime: Int64 = 600_000

    private let networks: NetworkFleet
    private let store: WorkerStore
    private let clock: WallClock
    private let pause: @Sendable (Duration) async throws -> Void
    private let logger: Logger
    private let reports = Mutex<[String: ReconciliationReport]>([:])
    /// When each network is asked next; a reload may add and remove some.
    private let due = Mutex<[String: ContinuousClock.Instant]>([:])

    init(
        networks: NetworkFleet,
        store: WorkerStore,
        clock: WallClock = .live,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        logger: Logger
    ) {
        self.networks = networks
        self.store = store
        self.clock = clock
        self.pause = pause
        self.logger = logger
    }

    /// What the last comparisons found, in the order of the configuration.
    var list: ReconciliationList {
        let reports = reports.withLock { $0 }
        return ReconciliationList(networks: networks.connections.compactMap { reports[$0.configuration.name] })
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while (try? await self.pause(.seconds(60))) != nil {
                    // Each by itself: one that is slow to answer keeps no other waiting.
                    for network in self.networks.connections where self.isDue(network) {
                        group.addTask { await self.reconcileOnce(network) }
                    }
                }
            }
        }
    }

    /// Whether a network is to be asked now; it is then not due for a day.
    private func isDue(_ network: NetworkConnection) -> Bool {
        let now = ContinuousClock.now
        let isConnected = network.network.isConnected
        return due.withLock { due in
            guard let time = due[network.configuration.name] else {
                // Not all workers of a network at once, and not in the rush after its restart.
                due[network.configuration.name] = now + .seconds(Int64.random(in: 0...540))
                return false
            }
            guard isConnected, now >= time else { return false }
            due[network.configuration.name] = now + .seconds(Int64.random(in: 79_200...93_600))
            return true
        }
    }

    private func reconcileOnce(_ network: NetworkConnection) async {
        let report = await reconcile(network)
        guard report.error != nil else { return }
        // What failed is tried again within the hour.
        due.withLock { $0[network.configuration.name] = .now + .seconds(3_000) }
    }

    /// Compares with one network, or with all of them, now.
    ///
    /// - Parameter name: Of the section; `nil`: all.
    /// - Returns: The reports of those that were asked; `nil` if there is no such network.
    func reconcile(_ name: String?) async -> ReconciliationList? {
        let chosen = networks.connections.filter { name == nil || $0.configuration.name == name }
        guard !chosen.isEmpty else { return nil }
        var reports: [ReconciliationReport] = []
        for network in chosen { reports.append(await reconcile(network)) }
        return ReconciliationList(networks: reports)
    }

    private func reconcile(_ network: NetworkConnection) async -> ReconciliationReport {
        let now = clock.nowMilliseconds
        let networkNow = now + network.clockOffsetMilliseconds
        var work = Reconciliation(since: networkNow - Self.window, until: networkNow - Self.settlingTime)
        var failure: String?
        do {
            try await compare(network, &work)
        } catch {
            failure = "\(error)"
        }
        let report = ReconciliationReport(
            network: network.configuration.name,
            at: RFC3339.shortText(milliseconds: now),
            since: RFC3339.shortText(milliseconds: work.since),
            until: RFC3339.shortText(milliseconds: work.until),
            jobsCompared: work.jobsCompared,
            differenceCount: work.differenceCount,
            differences: work.differences,
            error: failure
        )
        log(report)
        reports.withLock { reports in
            // A comparison that broke off says less than the one before.
            if failure == nil || reports[report.network] == nil { reports[report.network] = report }
        }
        return report
    }

    private func compare(_ network: NetworkConnection, _ work: inout Reconciliation) async throws {
        guard let gateway = network.network.gateway, network.network.isConnected else {
            throw QuestionFailure.notConnected
        }
        var goesOn = true
        while goesOn {
            let page = try await network.recordPage(timeout: Self.pageTimeout) { [work] in work.request($0) }
            try work.check(page)
            let rows = try await store.history.reconciliationRows(
                network: gateway,
                named: page.jobs.map(\.jobID),
                after: work.after,
                upTo: page.hasMore_p ? page.jobs.last?.jobID : nil,
                since: work.since + Reconciliation.margin,
                until: work.until - Reconciliation.margin
            )
            let unknown = Set(page.jobs.map(\.jobID)).subtracting(rows.map(\.jobID))
            let removed = try await store.history.removedJobs(network: gateway, among: Array(unknown))
            goesOn = work.compare(page, with: rows, removed: removed)
        }
        if !work.doubts.isEmpty { try await store.payoutsDoubted(network: gateway, work.doubts) }
    }

    private func log(_ report: ReconciliationReport) {
        let metadata: Logger.Metadata = [
            "network": "\(report.network)", "jobs": "\(report.jobsCompared)",
            "differences": "\(report.differenceCount)",
        ]
        if let error = report.error {
            logger.notice("the network's record could not be compared", metadata: ["error": "\(error)"])
        } else if report.differenceCount > 0 {
            logger.warning("the network's record differs from this worker's", metadata: metadata)
        } else {
            logger.info("the network's record agrees with this worker's", metadata: metadata)
        }
    }
}
