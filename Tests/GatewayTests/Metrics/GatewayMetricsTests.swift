import GatewayStore
import Operations
import Testing

@testable import Gateway

struct GatewayMetricsTests {
    @Test func `jobs are counted by model and by how they ended, and their first tokens timed`() {
        var tally = JobMeter.Tally()
        tally.settled(model: "tiny", millisecondsToFirstToken: 200)
        tally.settled(model: "tiny", millisecondsToFirstToken: nil)
        tally.ended(model: "tiny", status: "refunded")
        var webhooks = WebhookFigures()
        webhooks.counts.active = 2
        webhooks.counts.waitingMessages = 7
        webhooks.tally = .init(delivered: 5, failed: 4, dead: 1)
        let metrics = GatewayMetrics(
            version: "1",
            name: "main",
            jobsInFlight: 3,
            jobsWaiting: 2,
            creditsLocked: 30,
            workers: ["tiny": 1],
            workersConnected: 4,
            tally: tally,
            webhooks: webhooks,
            process: ProcessFigures()
        )
        let lines = Set(metrics.page.text.split(separator: "\n").map(String.init))
        let expected: Set = [
            #"decentral_gateway_build_info{version="1",name="main"} 1"#,
            "decentral_gateway_workers_connected 4",
            #"decentral_gateway_model_workers{model="tiny"} 1"#,
            "decentral_gateway_jobs_in_flight 3",
            "decentral_gateway_jobs_waiting 2",
            "decentral_gateway_locked_credits 30",
            #"decentral_gateway_webhooks{status="active"} 2"#,
            "decentral_gateway_webhook_messages_waiting 7",
            #"decentral_gateway_webhook_attempts_total{outcome="delivered"} 5"#,
            #"decentral_gateway_webhook_attempts_total{outcome="failed"} 4"#,
            "decentral_gateway_webhook_messages_dead_total 1",
            #"decentral_gateway_jobs_total{model="tiny",status="refunded"} 1"#,
            #"decentral_gateway_jobs_total{model="tiny",status="settled"} 2"#,
            #"decentral_gateway_time_to_first_token_seconds_bucket{model="tiny",le="0.1"} 0"#,
            #"decentral_gateway_time_to_first_token_seconds_bucket{model="tiny",le="0.25"} 1"#,
            #"decentral_gateway_time_to_first_token_seconds_count{model="tiny"} 1"#,
        ]
        #expect(expected.subtracting(lines).isEmpty)
    }
}
