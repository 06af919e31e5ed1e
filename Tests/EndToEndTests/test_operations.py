"""What the operator of a worker sees and does."""

import grp
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness.asking import Answer, ask, stream
from harness.gateway import Caller
from harness.network import Network
from harness.places import REPOSITORY
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from harness.worker import Worker

EXAMPLES = ["worker.toml.example", "gateway.toml.example"]


def test_sigterm_finishes_the_job_in_hand_and_takes_no_other(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    worker = network.add_worker(upstream.url)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, "anything", model="scripted")
        call = upstream.next_call()
        call.send("first")
        worker.process.terminate()
        eventually(lambda: worker.status()["state"] == "draining", "the worker drains")
        eventually(lambda: network.gateway.models(caller) == set(), "the gateway offers it nothing more")
        call.send(" second")
        call.finish()
        assert answer.result().text == "first second"
    assert worker.process.wait() == 0
    job_id = answer.result().job_id
    # The statement came before the end: the job is paid in the worker's own database.
    assert worker.job(job_id)["status"] == "settled"
    assert len(worker.rows("SELECT * FROM payouts WHERE job_id = ?", job_id)) == 1


def test_sigterm_of_the_gateway_lets_the_answer_finish(network: Network, caller: Caller, upstream: ScriptedUpstream):
    network.add_worker(upstream.url)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, "anything", model="scripted")
        call = upstream.next_call()
        call.send("first")
        network.gateway.process.terminate()
        call.send(" second")
        call.finish()
        assert answer.result().text == "first second"
    assert network.gateway.process.wait() == 0


def test_the_drain_stops_the_supervised_backend_too(network: Network):
    worker = network.add_supervising_worker()
    assert worker.stop() == 0
    # The network's own check finds any process that stays behind.


@pytest.mark.parametrize("which", ["gateway", "worker"])
def test_a_second_daemon_on_the_same_state_is_refused(network: Network, upstream: ScriptedUpstream, which: str):
    worker = network.add_worker(upstream.url)
    daemon = network.gateway if which == "gateway" else worker
    second = daemon.run("run")

    assert second.returncode == 3
    assert str(daemon.process.pid) in second.stderr
    # The first one is unharmed: its socket was not taken away.
    assert daemon.run("workers", "list") if which == "gateway" else worker.status()["state"] == "ready"


def test_the_status_and_the_lists_tell_what_was_earned(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    answer = ask(caller, network.prompt_word, model="scripted")
    worker.wait_for_job(answer.job_id, "settled")
    worker.wait_for_payout(answer.job_id)

    status = worker.status()
    assert status["state"] == "ready"
    assert status["jobs"]["settled"] == 1
    assert status["jobs"]["in_flight"] == 0
    assert status["earnings"]["micro_usdc"] == 15_000
    assert status["networks"][0]["connected"] is True
    assert status["models"][0] | {"id": "scripted", "health": "healthy", "in_flight": 0} == status["models"][0]
    for path in ("/v1/jobs", "/v1/payouts", "/v1/models"):
        assert worker.get(path)
    assert answer.job_id in worker.ask("jobs", "list")
    assert answer.job_id in worker.ask("jobs", "show", answer.job_id)
    assert answer.job_id in worker.ask("payouts")
    assert "scripted" in worker.ask("models")
    assert worker.address in worker.ask("identity", "show")
    assert worker.ask("jobs", "list", "--csv").count("\n") == 2

    check_earnings(worker, answer)
    by_model = worker.get("/v1/earnings?by=model&since=2020-01-01&limit=5")
    assert [row["group"] for row in by_model["rows"]] == ["scripted"]

    # History can be read with the daemon down.
    assert worker.stop() == 0
    assert answer.job_id in worker.ask("jobs", "list")
    assert answer.job_id in worker.ask("payouts")
    check_earnings(worker, answer)
    assert worker.run("status").returncode == 3


def check_earnings(worker: Worker, answer: Answer) -> None:
    """One settled and paid job, as the command `earnings` tells it."""
    earnings = worker.ask_json("earnings", "--by", "month")
    (row,) = earnings["rows"]
    assert row["prompt_tokens"] + row["completion_tokens"] > 0
    assert row | {"jobs": 1, "micro_usdc": 15_000, "paid_micro_usdc": 15_000, "pending_micro_usdc": 0} == row
    assert earnings["total"] | {"group": None, "jobs": 1, "micro_usdc": 15_000} == earnings["total"]
    assert earnings["time_zone"] == "UTC"
    text = worker.ask("earnings")
    assert "DAY (UTC)" in text
    assert "0.015 USDC" in text
    assert worker.ask("earnings", "--by", "network", "--csv").count("\n") == 2
    assert worker.ask("earnings", "--since", "2100-01-01") == "Nothing earned yet.\n"
    assert worker.run("earnings", "--since", "2026-02-30").returncode == 2


def test_a_wrong_configuration_is_named_by_file_line_and_key(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    good = worker.configuration.read_text()
    for change, expected in [
        (("max_concurrent_jobs = 4", 'max_concurrent_jobs = "four"'), "max_concurrent_jobs"),
        (("max_concurrent_jobs = 4", "max_concurrent_jobs = 0"), "max_concurrent_jobs"),
        (("context_window = 2048", "contxt_window = 2048"), "contxt_window"),
        (('backend = "backend"', 'backend = "other"'), "backend"),
    ]:
        wrong = worker.folder / "wrong.toml"
        wrong.write_text(good.replace(*change))
        done = worker.run("config", "check", "--config", str(wrong))
        line = next(i for i, text in enumerate(wrong.read_text().splitlines(), 1) if change[1] in text)
        assert done.returncode == 2, done
        assert f"{wrong.name}:{line}" in done.stderr
        assert expected in done.stderr
    assert worker.run("config", "check").returncode == 0
    assert network.gateway.run("config", "check").returncode == 0


def test_an_identity_that_others_can_read_is_refused(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    assert worker.stop() == 0
    identity = worker.state / "identity.json"
    assert identity.stat().st_mode & 0o777 == 0o600
    identity.chmod(0o640)
    refused = worker.run("run")
    assert refused.returncode != 0
    assert "identity.json" in refused.stderr
    assert "0600" in refused.stderr
    identity.chmod(0o600)


def test_databases_and_sockets_are_closed_to_others(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    for daemon in (network.gateway, worker):
        assert daemon.database.stat().st_mode & 0o007 == 0
        assert daemon.state.stat().st_mode & 0o007 == 0
        # The user alone where there is no group of operators.
        assert daemon.socket.stat().st_mode & 0o777 == (0o660 if has_operators() else 0o600)


def test_a_configured_group_may_use_the_socket(empty_network: Network):
    group = grp.getgrgid(os.getgid())
    gateway = empty_network.start_gateway(admin=f'operator_group = "{group.gr_name}"\n')
    socket = gateway.socket.stat()
    assert (socket.st_mode & 0o777, socket.st_gid) == (0o660, group.gr_gid)


def has_operators() -> bool:
    """Whether this machine has the group that may use the sockets unless another is configured."""
    return any(group.gr_name == "decentral" for group in grp.getgrall())


def test_a_worker_whose_gateway_is_not_up_yet_waits_for_it(empty_network: Network, upstream: ScriptedUpstream):
    gateway = empty_network.start_gateway()
    assert gateway.stop() == 0
    worker = empty_network.add_worker(upstream.url, ready=False)
    eventually(lambda: worker.socket.exists() and worker.status()["networks"][0]["last_error"], "an error is told")
    assert worker.status()["networks"][0]["connected"] is False
    gateway.start()
    gateway.wait_ready()
    worker.wait_ready()


def test_the_databases_are_plain_sqlite(network: Network, caller: Caller, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    answer = ask(caller, "anything", model="scripted")
    row = worker.wait_for_job(answer.job_id, "settled")
    assert row["network"] == network.gateway.address
    assert row["accepted_at_ms"] <= row["first_token_at_ms"] <= row["finished_at_ms"]
    assert row["error_code"] is None
    payout = worker.wait_for_payout(answer.job_id)
    assert payout["state"] == "credited"
    assert payout["tx_signature"] == answer.headers["x-decentral-settlement-tx"]
    for daemon in (network.gateway, worker):
        assert daemon.rows("PRAGMA journal_mode")[0]["journal_mode"] == "wal"
        assert daemon.rows("PRAGMA integrity_check")[0]["integrity_check"] == "ok"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_sample_configurations_stand_in_the_repository(name: str):
    assert (REPOSITORY / name).read_text().startswith("#")


def test_sighup_does_not_end_a_daemon(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    os.kill(worker.process.pid, signal.SIGHUP)
    assert worker.status()["state"] == "ready"
