import GatewayStore
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Operations
import Synchronization

/// What the gateway tells Prometheus, put on a page; `GET /metrics` of the admin socket.
///
/// Names are promises to other people's dashboards.
struct GatewayMetrics: Sendable {
    var version: String
    var name: String
    var jobsInFlight: Int
    var jobsWaiting: Int
    var creditsLocked: Int
    /// Live workers that take offers for a model, by model.
    var workers: [String: Int]
    var workersConnected: Int
    var tally: JobMeter.Tally
    var webhooks = WebhookFigures()
    var process: ProcessFigures

    var page: MetricsPage {
        var page = MetricsPage(prefix: "decentral_gateway")
        page.gauge(
            "build_info",
            "Always 1; the labels tell what runs.",
            [.init(1, ["version": version, "name": name])]
        )
        page.gauge("workers_connected", "Workers with a live session.", [.init(workersConnected)])
        page.gauge(
            "model_workers",
            "Live workers that take offers for the model.",
            workers.sorted { $0.key < $1.key }.map { .init($0.value, ["model": $0.key]) }
        )
        page.gauge("jobs_in_flight", "Jobs between their lock and their end.", [.init(jobsInFlight)])
        page.gauge("jobs_waiting", "Jobs that wait for a slot.", [.init(jobsWaiting)])
        page.gauge("locked_credits", "Credits that are locked for the jobs in flight.", [.init(creditsLocked)])
        page.counter(
            "jobs_total",
            "Jobs that ended since the start, by how.",
            tally.ended.sorted { $0.key < $1.key }.flatMap { model, statuses in
                statuses.sorted { $0.key < $1.key }.map { .init($0.value, ["model": model, "status": $0.key]) }
            }
        )
        page.histogram(
            "time_to_first_token_seconds",
            "From the caller's request to the first token, of settled jobs.",
            tally.timeToFirstToken.sorted { $0.key < $1.key }.map { (["model": $0.key], $0.value) }
        )
        webhooks.add(to: &page)
        page.process(process)
        return page
    }
}

extension GatewayMetrics {
    /// What holds at this moment.
    init(of jobs: JobCoordinator, webhooks: WebhookFigures, name: String) {
        let workers = jobs.hub.workers
        let (running, waiting, locked) = jobs.state.withLock { state in
            (state.jobs.count, state.waiting.count, state.jobs.values.reduce(0) { $0 + $1.lock.credits })
        }
        self.init(
            version: GatewayDaemon.version,
            name: name,
            jobsInFlight: running,
            jobsWaiting: waiting,
            creditsLocked: locked,
            workers: jobs.hub.capacities.mapValues(\.workers),
            workersConnected: workers.count,
            tally: jobs.meter.snapshot,
            webhooks: webhooks,
            process: ProcessFigures()
        )
    }
}

extension Router where Context == LocalRequestContext {
    /// Adds `GET /metrics`.
    func withMetrics(
        of jobs: JobCoordinator,
        webhooks: @escaping @Sendable () async throws -> WebhookFigures,
        name: String
    ) -> Self {
        get("/metrics") { _, _ in
            Response.metrics(GatewayMetrics(of: jobs, webhooks: try await webhooks(), name: name).page)
        }
        return self
    }
}
