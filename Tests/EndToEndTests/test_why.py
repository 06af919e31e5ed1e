"""What a worker says of its idleness, over the local API and on the command line."""

from concurrent.futures import ThreadPoolExecutor

from harness.asking import ask
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually


def test_why_names_the_gateway_that_is_down_and_the_daemon_that_is(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    report = worker.ask_json("why")
    assert report["state"] == "ready"
    assert [part["name"] for part in report["models"]] == [worker.model]
    assert report["last_offer_at"] is None

    network.gateway.stop()
    eventually(lambda: worker.get("/v1/why")["reasons"][0]["code"] == "not_connected", "the loss is told")
    assert worker.ask("why").startswith("network test is not connected, since ")
    network.gateway.start()
    worker.wait_ready()

    worker.stop()
    result = worker.run("why")
    assert result.returncode == 3
    assert "journalctl -u decentral-worker" in result.stderr


def test_a_paused_worker_says_so_first(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    worker.ask("pause")
    assert worker.ask("why").startswith("paused by the operator\n  -> decentral-worker resume\n")
    assert "paused by the operator" in worker.ask("top", "--once")


def test_a_worker_that_works_says_so(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, caller, "anything", model="scripted")
        upstream.next_call().answer("an answer")
        answer = asked.result()
    worker.wait_for_job(answer.job_id, "settled")
    report = worker.ask_json("why")
    assert report["answer"] == "getting work: 1 job in the last hour, 1 settled"
    assert report["last_hour"]["offers"] == report["last_hour"]["settled"] == 1
    assert report["last_offer_at"] is not None
