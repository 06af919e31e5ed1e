"""A gateway that is killed in the middle of a job, and one that is gone for a while."""

import threading

from harness.asking import ask
from harness.gateway import Caller
from harness.network import Network
from harness.raw_caller import RawRequest
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually


def test_a_gateway_killed_in_the_middle_refunds_the_job_when_it_is_back(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker = network.add_worker(upstream.url)
    body = {
        "model": "scripted",
        "messages": [{"role": "user", "content": network.prompt_word}],
        "stream": True,
    }
    raw = RawRequest(caller, body, network.gateway.port)
    call = upstream.next_call()
    call.send(network.output_word)
    raw.read_until(network.output_word)
    (row,) = network.gateway.rows("SELECT job_id FROM jobs")

    network.gateway.process.kill()
    network.gateway.start()
    network.gateway.wait_ready()

    # The old lock is refunded at the start; the worker comes back by itself and hears that the job is lost.
    job = caller.wait_for_job(row["job_id"], "refunded")
    assert job["credits_charged"] == 0
    assert caller.credits_remaining() == 10_000
    worker.wait_connected()
    call.send(" more")
    assert call.worker_hung_up.wait(20), "a lost job is stopped"
    eventually(lambda: worker.job(row["job_id"])["status"] in ("failed", "unpaid", "cancelled"), "the worker knows")

    upstream.script = lambda call: call.answer("again")
    worker.wait_ready()
    eventually(lambda: "scripted" in network.gateway.models(caller), "the model is offered again")
    assert ask(caller, "anything", model="scripted").text == "again"


def test_a_receipt_that_was_not_answered_is_sent_again_and_paid_once(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    """The gateway dies at a random moment around the settlement, again and again; the books stay right."""
    worker = network.add_worker(upstream.url)
    for number in range(4):
        upstream.script = None
        body = {"model": "scripted", "messages": [{"role": "user", "content": "anything"}], "stream": True}
        raw = RawRequest(caller, body, network.gateway.port)
        call = upstream.next_call()
        call.send("output")
        raw.read_until("output")
        killer = threading.Timer(0.004 * number, network.gateway.process.kill)
        killer.start()
        call.finish(completion_tokens=1)
        killer.join()
        network.gateway.start()
        network.gateway.wait_ready()
        worker.wait_ready()
        eventually(lambda: "scripted" in network.gateway.models(caller), "the model is offered again")

    eventually(
        lambda: not worker.rows("SELECT 1 FROM receipts WHERE state = 'pending'"),
        "every receipt has its answer",
    )
    paid = worker.rows("SELECT job_id FROM payouts")
    assert len(paid) == len({row["job_id"] for row in paid})
    assert caller.credits_remaining() == 10_000 - 2 * len(paid)
