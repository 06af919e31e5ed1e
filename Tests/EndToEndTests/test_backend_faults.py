"""Model servers that are killed, stopped, refuse, stall or talk nonsense, as a caller and an operator see it."""

import os
import signal
import stat

import openai
import pytest
from harness.asking import ask
from harness.backend import Backend
from harness.gateway import Caller
from harness.model_server import words_of
from harness.network import Network
from harness.processes import processes_mentioning
from harness.raw_caller import RawRequest
from harness.waiting import eventually
from harness.worker import Worker, llama_backend

# A backend that stalls is given up after a second.
IMPATIENT = "first_token_timeout_seconds = 1\ntoken_timeout_seconds = 1\n"


@pytest.fixture
def backend(empty_network: Network) -> Backend:
    backend = Backend(empty_network.folder / "backend.log")
    empty_network.finally_do(backend.clean_up)
    backend.start()
    return backend


@pytest.fixture
def worker(network: Network, backend: Backend) -> Worker:
    return network.add_worker(backend.url, backend_settings=IMPATIENT, slots=1)


def prompt(network: Network, words: int, pause: int = 0) -> str:
    return f"{network.prompt_word}\nsay {network.output_word} {words} {pause}"


def stream_until(network: Network, caller: Caller, text: str, words: int = 200) -> RawRequest:
    """A stream of 200 words at 20 ms each, read until it has said `text`."""
    messages = [{"role": "user", "content": prompt(network, words, pause=20)}]
    raw = RawRequest(caller, {"model": "scripted", "messages": messages, "stream": True}, network.gateway.port)
    raw.read_until(text)
    return raw


def check_failed(network: Network, caller: Caller, worker: Worker, code: str, *, status: str = "failed") -> None:
    """The one job so far failed with that code in the worker's books, cost nothing, and holds no slot."""
    (job,) = network.gateway.rows("SELECT job_id FROM jobs")
    row = worker.wait_for_job(job["job_id"], status)
    assert row["error_code"] == code
    assert row["error_message"]
    assert f"{job['job_id']}" in worker.ask("jobs", "list")
    assert caller.wait_for_job(job["job_id"], "failed")["credits_charged"] == 0
    assert caller.credits_remaining() == 10_000
    eventually(lambda: worker.status()["models"][0]["in_flight"] == 0, "the slot is free")


def check_served_again(network: Network, caller: Caller, worker: Worker) -> None:
    """The backend is well again: the model comes back by itself, and with it the work."""
    worker.wait_for_health("healthy")
    eventually(lambda: "scripted" in network.gateway.models(caller), "the model is offered again")

    def served() -> str | None:
        try:
            return ask(caller, prompt(network, 3), model="scripted").text
        except openai.InternalServerError:
            return None

    assert eventually(served, "an answer", timeout=60) == "".join(words_of(network.output_word, 3))


def check_withdrawn(network: Network, caller: Caller, worker: Worker, health: str = "unhealthy") -> None:
    """The model is not offered any more, and the status says why."""
    worker.wait_for_health(health)
    (model,) = worker.status()["models"]
    assert model["reason"]
    assert any("scripted" in warning and model["reason"] in warning for warning in worker.status()["warnings"])
    eventually(lambda: "scripted" not in network.gateway.models(caller), "the model is withdrawn")
    with pytest.raises(openai.InternalServerError) as raised:
        ask(caller, prompt(network, 1), model="scripted")
    assert raised.value.status_code == 503
    assert raised.value.code == "no_workers_available"


def test_a_backend_killed_in_an_answer_fails_it_and_is_withdrawn(
    network: Network, caller: Caller, backend: Backend, worker: Worker
):
    raw = stream_until(network, caller, f"{network.output_word}.3")
    backend.kill()

    assert '"worker_failed"' in raw.read_to_end().body
    check_failed(network, caller, worker, "backend_unavailable")
    check_withdrawn(network, caller, worker)
    backend.start()
    check_served_again(network, caller, worker)


def test_a_backend_that_hangs_in_an_answer_is_given_up(
    network: Network, caller: Caller, backend: Backend, worker: Worker
):
    raw = stream_until(network, caller, f"{network.output_word}.3")
    backend.signal(signal.SIGSTOP)

    assert '"worker_failed"' in raw.read_to_end().body
    check_failed(network, caller, worker, "backend_timeout")
    check_withdrawn(network, caller, worker)
    backend.signal(signal.SIGCONT)
    check_served_again(network, caller, worker)


@pytest.mark.parametrize(
    ("mode", "code"), [("silent", "backend_timeout"), ("garbage", "backend_protocol"), ("breaking", None)]
)
def test_a_backend_that_fails_at_once_costs_the_caller_nothing(
    network: Network, caller: Caller, backend: Backend, worker: Worker, mode: str, code: str | None
):
    backend.behave(mode)
    with pytest.raises(openai.APIStatusError) as raised:
        ask(caller, prompt(network, 5), model="scripted")

    assert (raised.value.status_code, raised.value.code) == (502, "worker_failed")
    (row,) = eventually(lambda: worker.rows("SELECT * FROM jobs WHERE status = 'failed'"), "the job has failed")
    check_failed(network, caller, worker, code or row["error_code"])
    assert row["error_code"].startswith("backend_")
    backend.behave("well")
    check_served_again(network, caller, worker)


def test_a_backend_that_refuses_everything_is_withdrawn(
    network: Network, caller: Caller, backend: Backend, worker: Worker
):
    """503 is what a server says that still loads its model, and it counts as starting until it says otherwise."""
    backend.behave("refusing")
    check_withdrawn(network, caller, worker, "starting")
    backend.behave("well")
    check_served_again(network, caller, worker)


def test_a_backend_that_is_slow_by_the_byte_is_waited_for(
    network: Network, caller: Caller, backend: Backend, worker: Worker
):
    backend.behave("slow")
    answer = ask(caller, prompt(network, 4), model="scripted")
    assert answer.text == "".join(words_of(network.output_word, 4))
    worker.wait_for_payout(answer.job_id)


def test_a_supervised_backend_is_withdrawn_while_it_is_gone(network: Network, caller: Caller):
    worker = network.add_supervising_worker()
    found = processes_mentioning(str(network.model_file("tiny-chat")))
    (pid,) = [pid for pid, line in found.items() if "llama_server.py" in line and "setpriv" not in line]
    os.kill(pid, signal.SIGSTOP)
    eventually(lambda: worker.status()["models"][0]["health"] != "healthy", "the hung backend is noticed", timeout=60)
    eventually(lambda: "tiny-chat" not in network.gateway.models(caller), "the model is withdrawn")
    os.kill(pid, signal.SIGKILL)

    worker.wait_for_health("healthy")
    eventually(lambda: "tiny-chat" in network.gateway.models(caller), "the model is offered again")
    answer = eventually(lambda: served(caller), "an answer", timeout=60)
    assert "Paris" in answer


def served(caller: Caller) -> str | None:
    try:
        return ask(caller, "What is the capital of France?", model="tiny-chat", temperature=0).text
    except openai.InternalServerError:
        return None


def test_a_supervised_backend_that_cannot_start_is_unhealthy_with_its_own_words(network: Network, caller: Caller):
    program = network.folder / "broken-llama"
    program.write_text("#!/bin/sh\necho 'error: failed to load model, bad magic' >&2\nexit 1\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    worker = network.add_worker_on(
        llama_backend([str(program)], network.model_file("tiny-chat"), []), model="tiny-chat", ready=False
    )

    worker.wait_connected()
    worker.wait_for_health("unhealthy")
    (model,) = worker.status()["models"]
    assert "in a row" in model["reason"]
    assert "failed to load model, bad magic" in model["reason"]
    assert "tiny-chat" not in network.gateway.models(caller)
    assert "bad magic" in worker.ask("status")
