"""Disks that fill up and have room again, or cannot be written: nothing crashes, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest
from harness import small_disk
from harness.asking import ask, stream
from harness.daemon import Daemon
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.small_disk import SmallDisk
from harness.waiting import eventually
from harness.worker import Worker

pytestmark = pytest.mark.skipif(small_disk.why_not() is not None, reason=str(small_disk.why_not()))


def on_a_small_disk(daemon: Daemon, network: Network, mebibytes: int = 160) -> SmallDisk:
    """Puts the state of a daemon, which is down then, on a disk of its own."""
    assert daemon.stop() == 0
    disk = SmallDisk(daemon.state, mebibytes)
    network.finally_do(disk.unmount)
    return disk


def worker_on_a_small_disk(network: Network, upstream: ScriptedUpstream) -> tuple[Worker, SmallDisk]:
    worker = network.add_worker(upstream.url)
    disk = on_a_small_disk(worker, network)
    worker.start()
    worker.wait_ready()
    return worker, disk


def wait_for_fault(worker: Worker, name: str) -> str:
    """The warning of a fault, once it is there."""

    def warning() -> str | None:
        return next((text for text in worker.status()["warnings"] if text.startswith(f"{name}: ")), None)

    return eventually(warning, f"the status warns of {name}")


def wait_until_well(worker: Worker) -> None:
    eventually(lambda: worker.status()["state"] == "ready", "the worker takes jobs again")
    # A disk this small is warned of still.
    assert not [text for text in worker.status()["warnings"] if "no jobs are taken until" in text]


def test_a_receipt_waits_for_room_and_is_paid(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker, disk = worker_on_a_small_disk(network, upstream)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, network.prompt_word, model="scripted")
        call = upstream.next_call()
        call.send(network.output_word)
        disk.fill()
        call.finish()

        assert "free some space" in wait_for_fault(worker, "database")
        assert "no jobs are taken until 64.0 MiB are free" in wait_for_fault(worker, "disk_space")
        assert worker.status()["state"] == "degraded"
        assert worker.rows("SELECT * FROM receipts") == []
        with pytest.raises(openai.InternalServerError) as refused:
            ask(caller, "anything", model="scripted")
        assert refused.value.status_code == 503
        assert worker.process.is_running
        assert not answer.done(), "nothing was sent before it was stored"

        disk.make_room()
        answer = answer.result(timeout=60)
    assert answer.text == network.output_word
    worker.wait_for_job(answer.job_id, "settled")
    worker.wait_for_payout(answer.job_id)
    wait_until_well(worker)
    upstream.script = lambda call: call.answer("again")

    def asked_again() -> str | None:
        try:
            return ask(caller, "anything", model="scripted").text
        except openai.InternalServerError:
            return None

    assert eventually(asked_again, "jobs are taken again") == "again"


def test_a_receipt_that_waits_too_long_is_sent_and_its_refusal_kept(empty_network: Network, upstream: ScriptedUpstream):
    """The caller has the credits back; the worker's record says that it is unpaid, and why."""
    empty_network.start_gateway(job_timeout=10)
    caller = empty_network.caller()
    worker, disk = worker_on_a_small_disk(empty_network, upstream)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, empty_network.prompt_word, model="scripted")
        call = upstream.next_call()
        call.send(empty_network.output_word)
        disk.fill()
        call.finish()
        wait_for_fault(worker, "database")
        with pytest.raises(openai.APIError):
            answer.result(timeout=60)
    eventually(lambda: caller.credits_remaining() == 10_000, "the caller has the credits back")
    disk.make_room()
    (row,) = eventually(lambda: worker.rows("SELECT * FROM jobs WHERE status = 'unpaid'"), "the refusal is kept")
    assert row["error_code"] == "job_lost"
    assert worker.receipt_row(row["job_id"])["state"] == "refused"
    wait_until_well(worker)


def test_a_worker_does_not_start_on_a_full_disk_and_is_read_there(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker, disk = worker_on_a_small_disk(network, upstream)
    upstream.script = lambda call: call.answer("before")
    job = ask(caller, "anything", model="scripted").job_id
    worker.wait_for_payout(job)
    assert worker.stop() == 0
    disk.fill()
    refused = worker.run("run")
    assert refused.returncode == 1
    assert "the disk is full; free some space" in refused.stderr
    # With the daemon down, and nothing to be written anywhere.
    assert job in worker.ask("jobs", "list")
    for command in (["jobs", "list"], ["payouts"], ["receipts", "show", job], ["earnings"]):
        assert worker.ask(*command)
    disk.make_room()
    worker.start()
    worker.wait_ready()
    assert ask(caller, "anything", model="scripted").text == "before"


def test_a_read_only_file_system_is_called_so(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker, disk = worker_on_a_small_disk(network, upstream)
    upstream.script = lambda call: call.answer("before")
    job = ask(caller, "anything", model="scripted").job_id
    worker.wait_for_payout(job)
    assert worker.stop() == 0
    disk.remount("ro")
    refused = worker.run("run")
    assert refused.returncode != 0
    assert "read-only" in refused.stderr.lower()
    for command in (["jobs", "list"], ["payouts"], ["receipts", "show", job], ["earnings"]):
        assert worker.ask(*command)
    disk.remount("rw")


def test_a_gateway_on_a_full_disk_takes_no_jobs_and_loses_no_credits(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    gateway = network.gateway
    disk = on_a_small_disk(gateway, network, mebibytes=32)
    gateway.start()
    gateway.wait_ready()
    worker = network.add_worker(upstream.url)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, network.prompt_word, model="scripted")
        call = upstream.next_call()
        call.send(network.output_word)
        disk.fill()
        call.finish()

        eventually(lambda: httpx.get(f"{gateway.url}/readyz").status_code == 503, "the gateway is not ready")
        with pytest.raises(openai.InternalServerError) as refused:
            ask(caller, "anything", model="scripted")
        assert refused.value.status_code == 503
        assert gateway.process.is_running
        assert worker.rows("SELECT * FROM receipts WHERE state <> 'pending'") == [], "no verdict before it is stored"

        disk.make_room()
        answer = answer.result(timeout=60)
    assert answer.text == network.output_word
    worker.wait_for_payout(answer.job_id)
    eventually(lambda: httpx.get(f"{gateway.url}/readyz").status_code == 200, "the gateway is ready again")
    assert caller.credits_remaining() == 10_000 - caller.job(answer.job_id)["credits_charged"]
