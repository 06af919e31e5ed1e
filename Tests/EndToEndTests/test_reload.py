"""A configuration that changes while the worker runs, hours that end, and a pause that stays."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from harness.asking import ask, stream
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from harness.worker import Worker


def edit(worker: Worker, old: str, new: str) -> None:
    """Changes the worker's file, as an operator would."""
    text = worker.configuration.read_text()
    assert old in text
    worker.configuration.write_text(text.replace(old, new))


def session(worker: Worker) -> str:
    return worker.status()["networks"][0]["session_id"]


@pytest.mark.parametrize("how", ["command", "signal"])
def test_a_reload_changes_slots_and_name_without_losing_job_or_session(
    network: Network, caller: Caller, upstream: ScriptedUpstream, how: str
):
    worker = network.add_worker(upstream.url)
    before = session(worker)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, "anything", model="scripted")
        call = upstream.next_call()
        call.send("first")
        edit(worker, "max_concurrent_jobs = 4", "max_concurrent_jobs = 2")
        edit(worker, 'name = "worker-1"', 'name = "renamed"')
        if how == "command":
            assert worker.ask("reload").splitlines() == [
                "model scripted: max_concurrent_jobs 4 → 2",
                'worker: name "worker-1" → "renamed"',
            ]
            assert worker.ask("reload") == "nothing changed\n"
        else:
            os.kill(worker.process.pid, signal.SIGHUP)
        eventually(lambda: worker.status()["models"][0]["slots"] == 2, "the slots have changed")
        eventually(lambda: "renamed" in network.gateway.ask("workers", "list"), "the gateway hears of the name")
        call.send(" second")
        call.finish()
        assert answer.result().text == "first second"
    assert worker.status()["name"] == "renamed"
    assert session(worker) == before
    assert worker.wait_for_job(answer.result().job_id, "settled")


def test_another_backend_takes_the_next_job_and_a_running_one_ends_on_the_old(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    other = ScriptedUpstream(lambda call: call.answer("from the other"))
    worker = network.add_worker(upstream.url)
    try:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(stream, caller, "anything", model="scripted")
            call = upstream.next_call()
            call.send("from the first")
            edit(worker, upstream.url, other.url)
            change = worker.ask_json("reload")
            assert change == {
                "changes": [f'backend backend: url "{upstream.url}" → "{other.url}"'],
                "needs_restart": [],
            }
            worker.wait_for_health("healthy")
            assert ask(caller, "anything", model="scripted").text == "from the other"
            call.finish()
            assert answer.result().text == "from the first"
        assert not upstream.has_waiting_call
    finally:
        other.close()


def test_models_come_and_go(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    edit(worker, 'id = "scripted"', 'id = "tiny-chat"\nupstream_model = "scripted"')
    assert worker.ask("reload").splitlines() == ["model scripted: removed", "model tiny-chat: added"]
    eventually(lambda: network.gateway.models(caller) == {"tiny-chat"}, "the gateway offers the other model")


def test_a_bad_file_changes_nothing_and_what_needs_a_restart_is_told(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    good = worker.configuration.read_text()
    edit(worker, "max_concurrent_jobs = 4", "max_concurrent_jobs = 4\nmax_jobs = 2")
    refused = worker.run("reload")
    assert refused.returncode == 2
    line = next(i for i, text in enumerate(worker.configuration.read_text().splitlines(), 1) if "max_jobs" in text)
    assert f"{worker.configuration}:{line}: model[1].max_jobs: found an unknown key" in refused.stderr
    os.kill(worker.process.pid, signal.SIGHUP)
    eventually(lambda: "the changed configuration is refused" in worker.log.read_text(), "the log tells why")
    assert worker.status()["models"][0]["slots"] == 4

    worker.configuration.write_text(good.replace('state_directory = "state"', 'state_directory = "elsewhere"'))
    assert worker.ask("reload").splitlines() == [
        "nothing changed",
        'needs a restart: worker: state_directory "state" → "elsewhere"',
    ]
    worker.configuration.write_text(good)


def test_outside_its_hours_a_worker_gets_no_jobs_and_finishes_what_runs(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker = network.add_worker(upstream.url)
    good = worker.configuration.read_text()
    # A minute of a day that is neither today nor near it, in any time zone.
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, "anything", model="scripted")
        call = upstream.next_call()
        call.send("first")
        worker.configuration.write_text(good + f'[schedule]\nhours = ["{day} 10:00-10:01"]\ntime_zone = "UTC"\n')
        assert f'schedule: hours default → ["{day} 10:00-10:01"]' in worker.ask("reload")
        status = worker.status()
        assert status["state"] == "paused"
        assert f"outside the hours of [schedule]; opens at 10:00 on {day}" in status["warnings"]
        eventually(lambda: network.gateway.models(caller) == set(), "the gateway offers it nothing more")
        call.send(" second")
        call.finish()
        assert answer.result().text == "first second"
    # An operator's resume does not open the hours; taking them away does.
    worker.ask("resume")
    assert worker.status()["state"] == "paused"
    worker.configuration.write_text(good)
    worker.ask("reload")
    eventually(lambda: network.gateway.models(caller) == {"scripted"}, "the gateway offers it jobs again")


def test_a_pause_outlives_a_kill_and_a_reload(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    worker.ask("pause")
    edit(worker, "max_concurrent_jobs = 4", "max_concurrent_jobs = 3")
    worker.ask("reload")
    assert worker.status()["state"] == "paused"
    worker.process.kill()
    worker.process.wait()
    worker.start()
    worker.wait_connected()
    assert worker.status()["state"] == "paused"
    eventually(lambda: network.gateway.models(caller) == set(), "the gateway offers it nothing")
    worker.ask("resume")
    eventually(lambda: network.gateway.models(caller) == {"scripted"}, "the gateway offers it jobs again")
    assert worker.stop() == 0
    worker.start()
    worker.wait_ready()
    assert worker.status()["state"] == "ready"


def test_the_log_level_can_be_set_while_it_runs(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    assert worker.ask("log-level", "debug") == "the log level is debug, was info\n"
    assert worker.ask_json("log-level", "info") == {"level": "info", "former": "debug"}
    assert worker.run("log-level", "loud").returncode == 2
