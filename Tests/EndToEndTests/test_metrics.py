"""What Prometheus reads, by the parser of its own Python client."""

import httpx
from harness.asking import ask
from harness.daemon import Daemon
from harness.gateway import Caller
from harness.network import Network
from harness.processes import free_port
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families


def read(text: str) -> dict[str, Metric]:
    """The page's metrics by name; the parser refuses what is not in the format."""
    families = list(text_string_to_metric_families(text))
    metrics = {family.name: family for family in families}
    assert len(metrics) == len(families), "every metric stands on the page once"
    for metric in families:
        assert metric.documentation, f"{metric.name} has no help"
        assert metric.type in ("counter", "gauge", "histogram"), metric.name
    return metrics


def value(metrics: dict[str, Metric], name: str, sample: str | None = None, **labels: str) -> float:
    """The one sample of a metric that has these labels among its own."""
    found = [
        line.value
        for line in metrics[name].samples
        if line.name == (sample or line.name) and labels.items() <= line.labels.items()
    ]
    assert len(found) == 1, f"{name}{labels}: {metrics[name].samples}"
    return found[0]


def page(daemon: Daemon) -> dict[str, Metric]:
    """`GET /metrics` of a daemon's socket."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(daemon.socket)), timeout=10) as client:
        response = client.get("http://daemon/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return read(response.text)


def test_the_worker_and_the_gateway_tell_prometheus_what_they_did(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    answer = ask(caller, network.prompt_word, model="scripted")
    worker.wait_for_payout(answer.job_id)

    metrics = page(worker)
    assert value(metrics, "decentral_worker_state", state="ready") == 1
    assert value(metrics, "decentral_worker_state", state="degraded") == 0
    assert value(metrics, "decentral_worker_build_info", address=worker.address) == 1
    assert value(metrics, "decentral_worker_network_connected", network="test") == 1
    assert value(metrics, "decentral_worker_sessions", network="test") == 1
    assert value(metrics, "decentral_worker_model_health", model="scripted", health="healthy") == 1
    assert value(metrics, "decentral_worker_model_slots", model="scripted") == 4
    assert value(metrics, "decentral_worker_offers") == 1
    assert value(metrics, "decentral_worker_jobs_finished", model="scripted") == 1
    assert value(metrics, "decentral_worker_jobs", status="settled") == 1
    assert value(metrics, "decentral_worker_tokens", model="scripted", kind="completion") > 0
    assert value(metrics, "decentral_worker_earned_micro_usdc") == 15_000
    assert value(metrics, "decentral_worker_paid_micro_usdc") == 15_000
    assert value(metrics, "decentral_worker_receipts_pending") == 0
    for name in ("decentral_worker_time_to_first_token_seconds", "decentral_worker_job_duration_seconds"):
        assert value(metrics, name, sample=f"{name}_count", model="scripted") == 1
        assert value(metrics, name, sample=f"{name}_bucket", model="scripted", le="+Inf") == 1
    assert value(metrics, "decentral_worker_database_size_bytes") > 0
    assert value(metrics, "process_resident_memory_bytes") > 1_000_000

    metrics = page(network.gateway)
    assert value(metrics, "decentral_gateway_workers_connected") == 1
    assert value(metrics, "decentral_gateway_model_workers", model="scripted") == 1
    assert value(metrics, "decentral_gateway_jobs", model="scripted", status="settled") == 1
    assert value(metrics, "decentral_gateway_locked_credits") == 0
    assert value(metrics, "decentral_gateway_jobs_in_flight") == 0
    assert value(metrics, "process_open_fds") > 0


def test_metrics_listen_serves_the_page_and_nothing_else(empty_network: Network, upstream: ScriptedUpstream):
    empty_network.start_gateway()
    worker = empty_network.add_worker(upstream.url)
    assert worker.stop() == 0
    port = free_port()
    text = worker.configuration.read_text()
    worker.configuration.write_text(text.replace("[status]", f'[status]\nmetrics_listen = "127.0.0.1:{port}"'))
    worker.start()
    worker.wait_ready()

    served = eventually(lambda: get(port, "/metrics"), "the metrics are served")
    assert value(read(served.text), "decentral_worker_state", state="ready") == 1
    for path in ("/v1/status", "/", "/v1/pause"):
        assert get(port, path).status_code == 404


def get(port: int, path: str) -> httpx.Response:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10)
    except httpx.TransportError as error:
        raise OSError(str(error)) from error
