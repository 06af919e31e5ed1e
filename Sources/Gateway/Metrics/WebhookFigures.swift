import GatewayStore
import Operations

/// What the gateway tells Prometheus of webhooks.
struct WebhookFigures: Sendable {
    var counts = WebhookCounts()
    var tally = DeliveryMeter.Tally()

    func add(to page: inout MetricsPage) {
        page.gauge(
            "webhooks",
            "Webhooks, by status.",
            [.init(counts.active, ["status": "active"]), .init(counts.disabled, ["status": "disabled"])]
        )
        page.gauge("webhook_messages_waiting", "Messages that will be sent.", [.init(counts.waitingMessages)])
        page.counter(
            "webhook_attempts_total",
            "Attempts to deliver a message since the start, by outcome.",
            [.init(tally.delivered, ["outcome": "delivered"]), .init(tally.failed, ["outcome": "failed"])]
        )
        page.counter(
            "webhook_messages_dead_total",
            "Messages whose last attempt failed since the start.",
            [.init(tally.dead)]
        )
        page.counter(
            "webhooks_disabled_total",
            "Webhooks that were disabled since the start because nothing arrived.",
            [.init(tally.disabled)]
        )
    }
}
