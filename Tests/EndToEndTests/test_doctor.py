"""`doctor`, on set-ups that are well and on broken ones."""

import json
import socket
from typing import Any

from harness.network import Network
from harness.processes import free_port
from harness.scripted_upstream import ScriptedUpstream
from harness.worker import Worker

# Whether these are well is the machine's business, not the worker's.
OF_THE_MACHINE = {"clock", "GPU", "systemd", "socket", "disk space", "descriptors"}


def examine(worker: Worker, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and the findings about the worker."""
    done = worker.run("doctor", "--json", *arguments, timeout=120)
    assert done.returncode in (0, 4), done.stderr
    report = json.loads(done.stdout)
    for finding in report["findings"]:
        assert set(finding) == {"name", "result", "detail", "remedy"}
        assert (finding["remedy"] is None) == (finding["result"] == "ok"), finding
    is_faulty = any(finding["result"] == "fault" for finding in report["findings"])
    assert (done.returncode == 4) == is_faulty == (report["result"] == "fault")
    return done.returncode, [finding for finding in report["findings"] if finding["name"] not in OF_THE_MACHINE]


def faults(findings: list[dict[str, Any]]) -> dict[str, str]:
    return {finding["name"]: finding["detail"] for finding in findings if finding["result"] == "fault"}


def named(findings: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(finding for finding in findings if finding["name"] == name)


def test_a_worker_that_runs_is_well_and_keeps_its_session(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    session = worker.status()["networks"][0]["session_id"]
    code, findings = examine(worker)
    assert code == 0
    assert faults(findings) == {}
    assert "the daemon is connected" in named(findings, "network test")["detail"]
    assert "answered one token" in named(findings, "model scripted")["detail"]
    assert worker.address in named(findings, "identity")["detail"]
    assert worker.status()["networks"][0]["session_id"] == session, "doctor ended the daemon's session"
    text = worker.ask("doctor")
    assert "database" in text


def test_a_worker_that_is_down_is_examined_from_outside(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    assert worker.stop() == 0
    code, findings = examine(worker)
    assert code == 0, findings
    assert named(findings, "daemon")["result"] == "warning"
    assert "took this worker" in named(findings, "network test")["detail"]
    assert network.gateway.address in named(findings, "network test")["detail"]
    assert "answered one token" in named(findings, "model scripted")["detail"]


def test_a_supervised_backend_is_started_for_the_question_and_stopped(network: Network):
    worker = network.add_supervising_worker()
    _, findings = examine(worker)
    assert "by the daemon that runs it" in named(findings, "model tiny-chat")["detail"]
    assert worker.stop() == 0
    _, findings = examine(worker)
    assert faults(findings) == {}
    assert "answered one token" in named(findings, "model tiny-chat")["detail"]
    # The network's own check finds any process that stays behind.


def test_everything_that_is_broken_is_named_with_its_cause(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    assert worker.stop() == 0
    good = worker.configuration.read_text()
    gateway = network.gateway.worker_url

    worker.configuration.write_text(good.replace(upstream.url, f"http://127.0.0.1:{free_port()}/v1"))
    assert "backend:" in faults(examine(worker)[1])["model scripted"]

    worker.configuration.write_text(good.replace(gateway, f"http://127.0.0.1:{free_port()}"))
    assert "refused" in faults(examine(worker)[1])["network test"]

    worker.configuration.write_text(good.replace(gateway, "https://no-such-host.invalid:7443"))
    assert "no-such-host.invalid" in faults(examine(worker)[1])["network test"]

    worker.configuration.write_text(good.replace(gateway, gateway.replace("http://127.0.0.1", "https://localhost")))
    assert "TLS" in faults(examine(worker)[1])["network test"]

    pinned = f'url = "{gateway}"\ngateway_address = "{worker_address(worker)}"'
    worker.configuration.write_text(good.replace(f'url = "{gateway}"', pinned))
    assert "network test" in faults(examine(worker)[1])

    worker.configuration.write_text(good)
    identity = worker.state / "identity.json"
    identity.chmod(0o644)
    assert "identity.json" in faults(examine(worker)[1])["identity"]
    identity.chmod(0o600)

    whole = worker.database.read_bytes()
    worker.database.write_bytes(whole[:4096] + b"\xaa" * (len(whole) - 4096))
    assert "damaged" in faults(examine(worker)[1])["database"]
    worker.database.write_bytes(whole)

    worker.configuration.write_text(good.replace("max_concurrent_jobs = 4", "max_concurrent_jobs = 0"))
    assert "max_concurrent_jobs" in faults(examine(worker)[1])["configuration"]

    worker.configuration.write_text(good)
    assert examine(worker)[0] == 0


def test_a_gateway_and_a_backend_that_never_answer_do_not_hold_doctor_up(network: Network, upstream: ScriptedUpstream):
    worker = network.add_worker(upstream.url)
    assert worker.stop() == 0
    good = worker.configuration.read_text()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        text = good.replace(network.gateway.worker_url, f"http://127.0.0.1:{port}")
        text = text.replace(upstream.url, f"http://127.0.0.1:{port}/v1")
        text = text.replace('kind = "openai"', 'kind = "openai"\nfirst_token_timeout_seconds = 2')
        worker.configuration.write_text(text)
        found = faults(examine(worker)[1])
    assert set(found) >= {"network test", "model scripted"}
    worker.configuration.write_text(good)


def worker_address(worker: Worker) -> str:
    return worker.ask("identity", "show").strip()
