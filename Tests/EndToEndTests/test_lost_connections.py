"""Connections between a worker and its gateway that break in the middle of a job."""

from collections.abc import Iterator

import pytest
from harness.asking import ask
from harness.network import Network
from harness.raw_caller import RawRequest
from harness.relay import Relay
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay()
    yield relay
    relay.close()


def test_a_job_goes_on_where_the_connection_broke(relay: Relay, empty_network: Network, upstream: ScriptedUpstream):
    """Nothing is lost and nothing doubled, and the job is settled once."""
    gateway = empty_network.start_gateway(public_names=[f"127.0.0.1:{relay.port}"])
    relay.serve(gateway.worker_port)
    worker = empty_network.add_worker(upstream.url, gateway_url=f"http://127.0.0.1:{relay.port}")
    caller = empty_network.caller()
    body = {
        "model": "scripted",
        "messages": [{"role": "user", "content": empty_network.prompt_word}],
        "stream": True,
    }
    raw = RawRequest(caller, body, gateway.port)
    call = upstream.next_call()
    call.send("first ")
    raw.read_until("first ")
    before = relay.connections
    relay.cut()
    call.send("second ")
    eventually(lambda: relay.connections > before, "the worker dials again")
    call.send("third")
    call.finish()
    answer = raw.read_to_end().body
    assert answer.rstrip().endswith("[DONE]")
    assert [answer.count(f'"{word}"') for word in ("second ", "third")] == [1, 1]
    (job,) = gateway.rows("SELECT * FROM jobs")
    assert job["status"] == "settled"
    worker.wait_for_job(job["job_id"], "settled")
    worker.wait_for_payout(job["job_id"])
    assert len(worker.rows("SELECT * FROM payouts")) == 1


def test_a_connection_that_falls_silent_is_given_up_and_dialled_anew(
    relay: Relay, empty_network: Network, upstream: ScriptedUpstream
):
    """Nothing tells either end that the other is gone: only that nothing comes."""
    gateway = empty_network.start_gateway(public_names=[f"127.0.0.1:{relay.port}"])
    relay.serve(gateway.worker_port)
    worker = empty_network.add_worker(upstream.url, gateway_url=f"http://127.0.0.1:{relay.port}")
    upstream.script = lambda call: call.answer("yes")
    relay.hold("to worker", "to gateway")
    eventually(lambda: not worker.status()["networks"][0]["connected"], "the worker gives it up", timeout=60)
    assert "silent" in worker.status()["networks"][0]["last_error"]
    relay.cut()
    relay.release()
    worker.wait_connected()
    assert ask(empty_network.caller(), "anything", model="scripted").text == "yes"
