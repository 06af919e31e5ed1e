import Operations

/// What the worker tells Prometheus, put on a page.
///
/// Names are promises to other people's dashboards; docs/operating-a-worker.md lists them.
struct WorkerMetrics: Sendable {
    var status: WorkerStatus
    var tally: JobTally
    /// Sessions since the start, by the network's name.
    var sessions: [String: Int]
    /// The database with its journal; nil if the files cannot be looked at.
    var databaseBytes: Int?
    var process: ProcessFigures

    var page: MetricsPage {
        var page = MetricsPage(prefix: "decentral_worker")
        addDaemon(to: &page)
        addNetworks(to: &page)
        addModels(to: &page)
        addOffers(to: &page)
        addJobs(to: &page)
        addEarnings(to: &page)
        page.process(process)
        return page
    }

    private func addDaemon(to page: inout MetricsPage) {
        page.gauge(
            "build_info",
            "Always 1; the labels tell what runs.",
            [.init(1, ["version": status.version, "name": status.name, "address": status.address])]
        )
        page.gauge(
            "state",
            "1 for the state that the worker is in.",
            WorkerStatus.State.allCases.map { .init($0 == status.state, ["state": $0.rawValue]) }
        )
        page.gauge("uptime_seconds", "Time since the start.", [.init(status.uptimeSeconds)])
        page.gauge("warnings", "What `status` warns of.", [.init(status.warnings.count)])
        if let databaseBytes {
            page.gauge("database_size_bytes", "The database with its journal.", [.init(databaseBytes)])
        }
    }

    private func addNetworks(to page: inout MetricsPage) {
        page.gauge(
            "network_connected",
            "1 while a session with the network stands.",
            status.networks.map { .init($0.connected, ["network": $0.name]) }
        )
        page.counter(
            "sessions_total",
            "Sessions with the network that began.",
            status.networks.map { .init(sessions[$0.name, default: 0], ["network": $0.name]) }
        )
        page.gauge(
            "network_clock_offset_seconds",
            "How far the network's clock is ahead of this machine's.",
            status.networks.map { .init(Double($0.clockOffsetMs) / 1_000, ["network": $0.name]) }
        )
    }

    private func addModels(to page: inout MetricsPage) {
        page.gauge(
            "model_health",
            "1 for the health that the model has.",
            status.models.map { .init(1, ["model": $0.id, "backend": $0.backend, "health": $0.health]) }
        )
        page.gauge(
            "model_slots",
            "Jobs that the model may run at once.",
            status.models.map { .init($0.slots, ["model": $0.id]) }
        )
        page.gauge(
            "model_jobs_in_flight",
            "Jobs that the model's backend works on.",
            status.models.map { .init($0.inFlight, ["model": $0.id]) }
        )
    }

    private func addOffers(to page: inout MetricsPage) {
        page.counter("offers_total", "Offers that came, whatever became of them.", [.init(tally.offers)])
        page.counter(
            "offers_refused_total",
            "Offers that were refused.",
            tally.refused.sorted { $0.key < $1.key }.map { .init($0.value, ["reason": $0.key]) }
        )
    }

    private func addJobs(to page: inout MetricsPage) {
        let models = tally.models.sorted { $0.key < $1.key }
        page.gauge("jobs_in_flight", "Jobs that run, over all models.", [.init(status.jobs.inFlight)])
        page.counter(
            "jobs_accepted_total",
            "Jobs that were accepted since the start.",
            models.map { .init($0.value.accepted, ["model": $0.key]) }
        )
        page.counter(
            "jobs_finished_total",
            "Jobs whose receipt was signed and stored since the start.",
            models.map { .init($0.value.finished, ["model": $0.key]) }
        )
        page.counter(
            "jobs_lost_total",
            "Jobs that failed or were cancelled since the start.",
            models.flatMap { model, tally in
                tally.lost.sorted { $0.key < $1.key }.map { .init($0.value, ["model": model, "code": $0.key]) }
            }
        )
        page.counter(
            "tokens_total",
            "Tokens of finished jobs since the start.",
            models.flatMap { model, tally -> [MetricsPage.Sample] in
                [
                    .init(tally.promptTokens, ["model": model, "kind": "prompt"]),
                    .init(tally.completionTokens, ["model": model, "kind": "completion"]),
                ]
            }
        )
        page.histogram(
            "time_to_first_token_seconds",
            "From accepting a job to its first token.",
            models.map { (["model": $0.key], $0.value.timeToFirstToken) }
        )
        page.histogram(
            "job_duration_seconds",
            "From accepting a job to the end of its output.",
            models.map { (["model": $0.key], $0.value.duration) }
        )
    }

    /// From the database: these go on where they were after a restart.
    private func addEarnings(to page: inout MetricsPage) {
        let jobs = status.jobs
        page.counter(
            "jobs_total",
            "Jobs of all times by how they ended.",
            [
                ("settled", jobs.settled), ("failed", jobs.failed), ("unpaid", jobs.unpaid),
                ("cancelled", jobs.cancelled),
            ]
            .map { .init($0.1, ["status": $0.0]) }
        )
        page.gauge("receipts_pending", "Receipts that no network has answered.", [.init(jobs.awaitingVerdict)])
        let earnings = status.earnings
        page.counter("credits_total", "Credits that callers were charged, of all times.", [.init(earnings.credits)])
        page.counter(
            "earned_micro_usdc_total",
            "This worker's share by signed statements, of all times; 1 USDC is 1,000,000.",
            [.init(earnings.microUSDC)]
        )
        page.counter(
            "paid_micro_usdc_total",
            "What payouts have brought, of all times.",
            [.init(earnings.paidMicroUSDC)]
        )
        page.gauge(
            "pending_micro_usdc",
            "What is expected for jobs without a verdict.",
            [.init(earnings.pendingMicroUSDC)]
        )
    }
}
