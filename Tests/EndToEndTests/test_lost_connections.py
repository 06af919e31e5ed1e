"""Connections between a worker and its gateway that break in the middle of a job."""

from collections.abc import Iterator

import pytest
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
