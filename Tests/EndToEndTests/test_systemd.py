"""What systemd hears of the daemons, and what it makes of their units."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness.asking import stream
from harness.container import Container
from harness.gateway import Caller
from harness.network import Network
from harness.places import REPOSITORY, binaries
from harness.scripted_upstream import ScriptedUpstream


class NotifySocket:
    """The end of `$NOTIFY_SOCKET` that systemd holds."""

    def __init__(self, path: Path):
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(20)

    def next(self) -> dict[str, str]:
        """The next message, as its assignments."""
        lines = self._socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def until(self, name: str) -> str:
        """The value of the next message that has this assignment."""
        while True:
            message = self.next()
            if name in message:
                return message[name]

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def notify(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotifySocket]:
    """A socket that every daemon started from here on takes for systemd's."""
    listener = NotifySocket(network.folder / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(listener.path))
    yield listener
    listener.close()


def test_the_worker_is_ready_without_a_model_and_without_a_network(network: Network, notify: NotifySocket):
    # Nothing listens on port 9: the backend never answers.
    worker = network.add_worker("http://127.0.0.1:9", ready=False)
    assert notify.until("READY") == "1"
    assert worker.status()["models"][0]["health"] != "healthy"


def test_a_drain_asks_for_time_and_says_that_it_stops(
    network: Network, caller: Caller, upstream: ScriptedUpstream, notify: NotifySocket
):
    worker = network.add_worker(upstream.url)
    assert notify.until("READY") == "1"
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stream, caller, "anything", model="scripted")
        call = upstream.next_call()
        call.send("first")
        worker.process.terminate()
        assert notify.until("STOPPING") == "1"
        assert int(notify.until("EXTEND_TIMEOUT_USEC")) > 0
        call.finish()
        assert answer.result().text == "first"
    assert worker.process.wait() == 0


@pytest.mark.parametrize("unit", ["decentral-worker.service", "decentral-gateway.service"])
def test_the_units_hold(tmp_path: Path, unit: str):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    # The installed place of the binary is the package's business; everything else stands as it is shipped.
    program = unit.removesuffix(".service")
    text = (REPOSITORY / "systemd" / unit).read_text()
    copy = tmp_path / unit
    copy.write_text(text.replace(f"/usr/bin/{program}", str(binaries() / program)))
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if unit in line]
    assert done.returncode == 0 and not complaints, done.stderr


def test_both_daemons_live_under_a_real_systemd(tmp_path: Path):
    """Installed as shipped: they come up in order, come back after a kill, and end with exit code 0."""
    if reason := Container.why_not():
        pytest.skip(reason)
    (tmp_path / "gateway.toml").write_text(
        '[gateway]\nname = "local"\n'
        '[[model]]\nid = "scripted"\ntier = "lite"\nparameters = "1M"\ncontext_window = 2048\n'
    )
    (tmp_path / "worker.toml").write_text(
        '[worker]\nname = "rig"\n[[network]]\nname = "main"\nurl = "http://127.0.0.1:7443"\n'
        '[[backend]]\nname = "absent"\nkind = "openai"\nurl = "http://127.0.0.1:9/v1"\n'
        '[[model]]\nid = "scripted"\nbackend = "absent"\nmax_concurrent_jobs = 1\ncontext_window = 2048\n'
    )
    container = Container(tmp_path)
    container.show(REPOSITORY / "systemd", "/shipped")
    container.show(binaries() / "decentral-worker", "/built/decentral-worker")
    container.show(binaries() / "decentral-gateway", "/built/decentral-gateway")
    container.show(tmp_path / "gateway.toml", "/configuration/gateway.toml")
    container.show(tmp_path / "worker.toml", "/configuration/worker.toml")
    said = container.run("""
        systemd-sysusers /shipped/decentral.sysusers.conf
        systemd-tmpfiles --create /shipped/decentral.tmpfiles.conf
        install -m 0755 /built/* /usr/bin/
        install -m 0640 -g decentral /configuration/*.toml /etc/decentral/
        install -m 0644 /shipped/*.service /run/systemd/system/
        systemctl daemon-reload
        systemctl start decentral-gateway decentral-worker
        echo "active: $(systemctl is-active decentral-gateway decentral-worker | xargs)"
        echo "socket: $(stat -c '%a %U %G' /run/decentral-worker/worker.sock)"
        echo "state: $(stat -c '%a %U %G' /var/lib/decentral-worker /var/lib/decentral-worker/worker.sqlite | xargs)"
        for attempt in $(seq 100); do
            decentral-worker status --json | grep -q '"connected" : true' && break
            sleep 0.1
        done
        decentral-worker status --json | grep '"connected"'
        systemctl kill --kill-whom=main --signal=KILL decentral-worker
        for attempt in $(seq 200); do
            [ "$(systemctl show -p NRestarts --value decentral-worker)" = 1 ] && break
            sleep 0.1
        done
        systemctl start decentral-worker
        echo "again: $(systemctl is-active decentral-worker)"
        systemctl stop decentral-worker decentral-gateway
        for unit in decentral-worker decentral-gateway; do
            echo "$unit: $(systemctl show -p Result -p ExecMainStatus --value $unit | xargs)"
        done
        journalctl --no-pager --output=cat --unit=decentral-worker --unit=decentral-gateway
    """)
    assert "active: active active" in said, said
    assert "socket: 660 decentral decentral" in said, said
    assert "state: 750 decentral decentral 640 decentral decentral" in said, said
    assert '"connected" : true' in said, said
    assert "again: active" in said, said
    assert "decentral-worker: success 0" in said, said
    assert "decentral-gateway: success 0" in said, said
