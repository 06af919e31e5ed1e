"""Machines whose clock is wrong, and clocks that are moved in the middle of a job."""

import pytest
from harness.asking import ask
from harness.clock import MovedClock
from harness.gateway import Caller
from harness.network import Network
from harness.raw_caller import RawRequest, RawResponse
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from harness.worker import Worker

HOUR = 3_600


def offset_of(worker: Worker) -> int:
    """How far the worker says that its clock is behind the network's, in seconds."""
    return round(worker.status()["networks"][0]["clock_offset_ms"] / 1_000)


def check_settled_in_network_time(caller: Caller, worker: Worker, job_id: str) -> None:
    """The job is paid, and every time in its receipt is near the gateway's own."""
    caller.wait_for_job(job_id, "settled")
    worker.wait_for_job(job_id, "settled")
    worker.wait_for_payout(job_id)
    (job,) = worker.gateway.rows("SELECT * FROM jobs WHERE job_id = ?", job_id)
    receipt = worker.evidence(job_id).receipt
    times = [receipt["accepted_at_ms"], receipt["first_token_at_ms"], receipt["finished_at_ms"]]
    assert times == sorted(times)
    assert abs(times[0] - job["accepted_at_ms"]) < 30_000
    assert abs(times[-1] - job["completed_at_ms"]) < 30_000


def ask_and_move(
    network: Network, caller: Caller, upstream: ScriptedUpstream, clock: MovedClock, to: int
) -> RawResponse:
    """The answer to a job in whose middle the clock is moved."""
    body = {"model": "scripted", "messages": [{"role": "user", "content": network.prompt_word}], "stream": True}
    raw = RawRequest(caller, body, network.gateway.port)
    call = upstream.next_call()
    call.send(network.output_word)
    raw.read_until(network.output_word)
    clock.move(to)
    call.send(" and on")
    call.finish()
    return raw.read_to_end()


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_a_worker_whose_clock_is_wrong_is_paid_all_the_same(
    network: Network, caller: Caller, upstream: ScriptedUpstream, seconds: int
):
    clock = MovedClock(network.folder, seconds=seconds)
    worker = network.add_worker(upstream.url, prefix=clock.prefix)
    upstream.script = lambda call: call.answer("yes")

    answer = ask(caller, network.prompt_word, model="scripted")

    check_settled_in_network_time(caller, worker, answer.job_id)
    assert offset_of(worker) == pytest.approx(-seconds, abs=30)


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["forwards", "back"])
def test_a_worker_whose_clock_is_moved_in_a_job_is_paid_all_the_same(
    network: Network, caller: Caller, upstream: ScriptedUpstream, seconds: int
):
    clock = MovedClock(network.folder)
    worker = network.add_worker(upstream.url, prefix=clock.prefix)

    answer = ask_and_move(network, caller, upstream, clock, seconds)

    assert answer.body.rstrip().endswith("[DONE]"), answer.body
    check_settled_in_network_time(caller, worker, answer.headers["x-decentral-job-id"])
    eventually(lambda: abs(offset_of(worker) + seconds) < 30, "the status tells the offset")
    # And so is the next one, once the network has told its time again.
    upstream.script = lambda call: call.answer("yes")
    check_settled_in_network_time(caller, worker, ask(caller, "anything", model="scripted").job_id)


@pytest.mark.parametrize("seconds", [HOUR, -HOUR], ids=["forwards", "back"])
def test_a_gateway_whose_clock_is_moved_in_a_job_pays_it_all_the_same(
    empty_network: Network, upstream: ScriptedUpstream, seconds: int
):
    """The network's time nears a clock that was set slowly, so no receipt is refused for its times."""
    clock = MovedClock(empty_network.folder)
    gateway = empty_network.start_gateway(prefix=clock.prefix)
    worker = empty_network.add_worker(upstream.url)
    caller = empty_network.caller()

    answer = ask_and_move(empty_network, caller, upstream, clock, seconds)

    assert answer.body.rstrip().endswith("[DONE]"), answer.body
    check_settled_in_network_time(caller, worker, answer.headers["x-decentral-job-id"])
    assert caller.credits_remaining() == 10_000 - 2
    upstream.script = lambda call: call.answer("yes")
    job_id = ask(caller, "anything", model="scripted").job_id
    caller.wait_for_job(job_id, "settled")
    worker.wait_for_payout(job_id)
    gateway.ask("ledger", "verify")
