"""Callers that leave before their answer is complete."""

from harness.gateway import Caller
from harness.network import Network
from harness.raw_caller import RawRequest
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually


def start(network: Network, caller: Caller, **options) -> RawRequest:
    body = {"model": "scripted", "messages": [{"role": "user", "content": network.prompt_word}], **options}
    return RawRequest(caller, body, network.gateway.port)


def only_job(network: Network) -> str:
    (row,) = network.gateway.rows("SELECT job_id FROM jobs")
    return row["job_id"]


def test_who_hangs_up_before_the_first_token_pays_nothing(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    raw = start(network, caller, stream=True)
    call = upstream.next_call()
    raw.hang_up()

    assert call.worker_hung_up.wait(10), "the cancel must reach the backend"
    job_id = only_job(network)
    job = caller.wait_for_job(job_id, "cancelled")
    assert job["credits_charged"] == 0
    assert caller.credits_remaining() == 10_000
    worker.wait_for_job(job_id, "cancelled")
    assert worker.rows("SELECT * FROM payouts") == []


def test_who_hangs_up_after_it_pays_for_what_was_made(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    raw = start(network, caller, stream=True)
    call = upstream.next_call()
    call.send(network.output_word, " and")
    raw.read_until(" and")
    raw.hang_up()

    assert call.worker_hung_up.wait(10), "the cancel must reach the backend"
    job_id = only_job(network)
    job = caller.wait_for_job(job_id, "settled")
    assert job["credits_charged"] == 2
    worker.wait_for_job(job_id, "settled")
    evidence = worker.evidence(job_id)
    assert evidence.receipt["finish_reasons"] == ["cancelled"]
    assert evidence.receipt["completion_tokens"] > 0
    assert worker.wait_for_payout(job_id)["amount_micro_usdc"] == 2 * 7_500


def test_a_plain_caller_who_leaves_frees_the_slot(network: Network, caller: Caller, upstream: ScriptedUpstream):
    """One slot: the next caller is served only if the first one's job really ended."""
    worker = network.add_worker(upstream.url, slots=1)
    raw = start(network, caller)
    call = upstream.next_call()
    call.send("one")
    raw.hang_up()
    assert call.worker_hung_up.wait(10)
    eventually(lambda: worker.status()["jobs"]["in_flight"] == 0, "the slot is free")

    upstream.script = lambda call: call.answer("served")
    completion = caller.client.chat.completions.create(model="scripted", messages=[{"role": "user", "content": "next"}])
    assert completion.choices[0].message.content == "served"
