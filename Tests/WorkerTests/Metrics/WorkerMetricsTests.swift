import Operations
import Testing

@testable import Worker

struct WorkerMetricsTests {
    private func metrics(model: String = "tiny") -> WorkerMetrics {
        var tally = JobTally()
        for kind: JobEvent.Kind in [.offered, .accepted, .offered, .refused(reason: "paused")] {
            tally.record(.sample(kind, model: model))
        }
        tally.record(.sample(.lost(code: "backend_error"), model: model))
        return WorkerMetrics(
            status: .sample(model: model),
            tally: tally,
            sessions: ["main": 3],
            databaseBytes: 4_096,
            process: ProcessFigures()
        )
    }

    private func lines(_ metrics: WorkerMetrics) -> Set<String> {
        Set(metrics.page.text.split(separator: "\n").map(String.init))
    }

    @Test func `the page tells state, networks, models, jobs and earnings`() {
        let expected: Set = [
            #"decentral_worker_build_info{version="1",name="rig",address="a"} 1"#,
            #"decentral_worker_state{state="degraded"} 1"#, #"decentral_worker_state{state="ready"} 0"#,
            "decentral_worker_uptime_seconds 5", "decentral_worker_warnings 1",
            "decentral_worker_database_size_bytes 4096", #"decentral_worker_network_connected{network="main"} 0"#,
            #"decentral_worker_sessions_total{network="main"} 3"#,
            #"decentral_worker_network_clock_offset_seconds{network="main"} -0.25"#,
            #"decentral_worker_model_health{model="tiny",backend="llama",health="healthy"} 1"#,
            #"decentral_worker_model_slots{model="tiny"} 2"#,
            #"decentral_worker_model_jobs_in_flight{model="tiny"} 1"#, "decentral_worker_offers_total 2",
            #"decentral_worker_offers_refused_total{reason="paused"} 1"#, "decentral_worker_jobs_in_flight 1",
            #"decentral_worker_jobs_lost_total{model="tiny",code="backend_error"} 1"#,
            #"decentral_worker_jobs_total{status="settled"} 2"#, "decentral_worker_receipts_pending 6",
            "decentral_worker_credits_total 1", "decentral_worker_earned_micro_usdc_total 2",
            "decentral_worker_pending_micro_usdc 3", "decentral_worker_paid_micro_usdc_total 4",
        ]
        #expect(expected.subtracting(lines(metrics())) == [])
    }

    @Test func `a model's name cannot break out of its label`() {
        let expected = #"decentral_worker_model_slots{model="a\"} 1\nx{b=\"\\"} 2"#
        #expect(lines(metrics(model: "a\"} 1\nx{b=\"\\")).contains(expected))
    }

    @Test func `a database that cannot be looked at is left out`() {
        var metrics = metrics()
        metrics.databaseBytes = nil
        #expect(!metrics.page.text.contains("database_size"))
    }
}

extension WorkerStatus {
    /// A worker with one network and one model.
    static func sample(model: String = "tiny") -> WorkerStatus {
        WorkerStatus(
            version: "1",
            address: "a",
            payoutAddress: "a",
            name: "rig",
            state: .degraded,
            uptimeSeconds: 5,
            networks: [
                .init(
                    name: "main",
                    url: "http://127.0.0.1:7443",
                    connected: false,
                    sessionID: nil,
                    since: "2026-06-15T14:22:00.000Z",
                    lastError: nil,
                    gateway: nil,
                    shareBPS: nil,
                    clockOffsetMs: -250
                )
            ],
            models: [
                .init(
                    id: model,
                    backend: "llama",
                    upstreamModel: model,
                    health: "healthy",
                    slots: 2,
                    inFlight: 1,
                    contextWindow: 2048,
                    features: [],
                    reason: nil
                )
            ],
            jobs: .init(
                inFlight: 1,
                settled: 2,
                failed: 3,
                unpaid: 4,
                cancelled: 5,
                awaitingVerdict: 6,
                unpaidLastDay: 0
            ),
            earnings: .init(credits: 1, microUSDC: 2, pendingMicroUSDC: 3, paidMicroUSDC: 4),
            warnings: ["network main is not connected"]
        )
    }
}
