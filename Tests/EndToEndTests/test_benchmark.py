"""`benchmark`, against a real llama.cpp."""

import json
from concurrent.futures import ThreadPoolExecutor

from harness.asking import stream
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually

SMALL = ["--prompt-tokens", "64", "--output-tokens", "16"]


def check_report(report: dict, model: str, concurrencies: list[int]) -> None:
    (measured,) = report["models"]
    assert measured["id"] == model
    assert [load["concurrency"] for load in measured["loads"]] == concurrencies
    for load in measured["loads"]:
        assert load["failed"] == 0
        assert load["requests"] == 2 * load["concurrency"]
        assert load["output_tokens_per_second"] > 0
        assert load["prompt_tokens_per_second"] > 0
        assert 0 < load["first_token_p50_seconds"] <= load["first_token_p95_seconds"]
    assert measured["suggested_max_concurrent_jobs"] in concurrencies
    assert measured["reason"]


def test_a_supervised_backend_is_started_measured_and_stopped(network: Network):
    worker = network.add_supervising_worker(model="tiny-random")
    refused = worker.run("benchmark", *SMALL)
    assert refused.returncode == 1
    assert "drain" in refused.stderr
    assert worker.stop() == 0
    done = worker.run("benchmark", "--json", "--concurrency", "1,2", *SMALL, timeout=120)
    assert done.returncode == 0, done.stderr
    check_report(json.loads(done.stdout), "tiny-random", [1, 2])
    assert "2 requests at once" in done.stderr
    # The network's own check finds any process that stays behind.


def test_a_backend_beside_an_idle_daemon_is_measured_with_a_warning(network: Network, llama: str):
    worker = network.add_worker(llama, model="tiny-chat")
    done = worker.run("benchmark", "--json", "--concurrency", "1", *SMALL, timeout=120)
    assert done.returncode == 0, done.stderr
    check_report(json.loads(done.stdout), "tiny-chat", [1])
    assert "warning: the daemon may get jobs" in done.stderr
    text = worker.ask("benchmark", "--concurrency", "1", *SMALL)
    assert "OUTPUT TOKENS/S" in text
    assert "max_concurrent_jobs = 1 (now 4)" in text


def test_a_backend_with_jobs_is_left_alone(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, "anything", model="scripted")
        call = upstream.next_call()
        call.send("first")
        eventually(lambda: worker.status()["jobs"]["in_flight"] == 1, "the job runs")
        refused = worker.run("benchmark")
        assert refused.returncode == 1
        assert "1 job of the network" in refused.stderr
        call.finish()
        assert answer.result().text == "first"


def test_wrong_usage_is_told(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    for arguments in (["--concurrency", "0"], ["--concurrency", "1,,2"], ["--output-tokens", "1"], ["--model", "no"]):
        assert worker.run("benchmark", *arguments).returncode == 2, arguments
