"""What systemd hears of the daemons, and what it makes of their units."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness.asking import stream
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
