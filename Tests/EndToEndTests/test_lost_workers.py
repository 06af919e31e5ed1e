"""Workers and backends that are killed in the middle of a job."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest
from harness.asking import ask, stream
from harness.gateway import Caller
from harness.network import Network
from harness.processes import processes_mentioning
from harness.raw_caller import RawRequest
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually


def test_a_worker_killed_before_the_first_token_is_replaced(network: Network, caller: Caller):
    """The caller notices nothing; the job is paid once, to the worker that answered."""
    upstreams = [ScriptedUpstream(), ScriptedUpstream()]
    workers = [network.add_worker(upstream.url) for upstream in upstreams]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, network.prompt_word, model="scripted")
        chosen = eventually(lambda: [i for i, up in enumerate(upstreams) if up.has_waiting_call], "a worker has it")[0]
        workers[chosen].process.kill()
        call = upstreams[1 - chosen].next_call(timeout=30)
        call.answer(network.output_word)

        answer = answer.result()
    assert answer.text == network.output_word
    survivor = workers[1 - chosen]
    assert answer.decentral["worker"] == survivor.address
    survivor.wait_for_job(answer.job_id, "settled")
    assert len(survivor.rows("SELECT * FROM payouts")) == 1


def test_the_only_worker_killed_before_the_first_token_gets_the_job_again(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker = network.add_worker(upstream.url)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, network.prompt_word, model="scripted")
        upstream.next_call()
        eventually(lambda: worker.rows("SELECT * FROM jobs WHERE status = 'running'"), "the start is on disk")
        worker.process.kill()
        worker.start()
        upstream.next_call(timeout=30).answer(network.output_word)
        answer = answer.result()
    assert answer.text == network.output_word
    worker.wait_for_job(answer.job_id, "settled")
    assert len(worker.rows("SELECT * FROM payouts")) == 1


def test_a_worker_killed_after_the_first_token_costs_the_caller_nothing(
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
    worker.process.kill()

    response = raw.read_to_end()
    assert '"error"' in response.body
    assert "[DONE]" not in response.body
    job = caller.wait_for_job(response.headers["x-decentral-job-id"], "failed")
    assert job["credits_charged"] == 0
    assert caller.credits_remaining() == 10_000


def test_a_killed_worker_comes_back_and_works_on(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("before")
    first = ask(caller, "anything", model="scripted")
    worker.wait_for_job(first.job_id, "settled")
    worker.process.kill()
    worker.start()
    worker.wait_ready()
    upstream.script = lambda call: call.answer("after")

    second = eventually_served(caller)
    assert second.text == "after"
    assert worker.wait_for_payout(first.job_id)["sequence"] == 1
    assert worker.wait_for_payout(second.job_id)["sequence"] == 2


def eventually_served(caller: Caller):
    """Asks until a worker is there, as an SDK with retries does."""

    def attempt():
        try:
            return ask(caller, "anything", model="scripted")
        except openai.InternalServerError as error:
            assert error.status_code == 503
            return None

    return eventually(attempt, "a worker takes the job", timeout=40)


def test_a_backend_that_breaks_off_fails_the_job_and_refunds_it(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker = network.add_worker(upstream.url)

    def script(call) -> None:
        call.send(network.output_word)
        call.break_off()

    upstream.script = script
    with pytest.raises(openai.APIError):
        stream(caller, network.prompt_word, model="scripted")

    assert caller.credits_remaining() == 10_000
    (row,) = worker.rows("SELECT * FROM jobs")
    assert row["status"] == "failed"
    assert row["error_code"]


def test_an_error_of_the_backend_names_no_prompt(network: Network, caller: Caller, upstream: ScriptedUpstream):
    network.add_worker(upstream.url)
    upstream.script = lambda call: call.refuse(500, f"cannot answer {network.prompt_word}")

    with pytest.raises(openai.APIStatusError) as raised:
        ask(caller, network.prompt_word, model="scripted")

    assert raised.value.status_code in (502, 503)
    assert network.prompt_word not in raised.value.response.text
    assert caller.credits_remaining() == 10_000


def test_a_supervised_backend_that_dies_is_started_again(network: Network, caller: Caller):
    worker = network.add_supervising_worker()
    assert "Paris" in ask(caller, "What is the capital of France?", model="tiny-chat", temperature=0).text
    (pid,) = backends_of(network)
    os.kill(pid, signal.SIGKILL)

    eventually(lambda: backends_of(network) and pid not in backends_of(network), "another llama.cpp", timeout=40)
    worker.wait_ready()

    def served() -> str | None:
        try:
            return ask(caller, "What is the capital of France?", model="tiny-chat", temperature=0).text
        except openai.InternalServerError:
            return None

    assert "Paris" in eventually(served, "an answer", timeout=40)


def test_no_backend_outlives_a_killed_worker(network: Network):
    worker = network.add_supervising_worker()
    assert len(backends_of(network)) == 1
    worker.process.kill()

    eventually(lambda: not backends_of(network), "the kernel ends the backend with its worker")


def backends_of(network: Network) -> dict[int, str]:
    """The llama.cpp processes that this network's workers have started (not the wrapper around one)."""
    found = processes_mentioning(str(network.model_file("tiny-chat")))
    return {pid: line for pid, line in found.items() if "llama_server.py" in line and "setpriv" not in line}
