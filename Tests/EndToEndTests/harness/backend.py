"""A model server as an operator's machine has it: another process, which fails in its own ways."""

import http.client
import os
import signal
import sys
from pathlib import Path

from .places import REPOSITORY
from .processes import Process, free_port
from .waiting import eventually


class Backend:
    """The process of `model_server.py`, always on the same port."""

    def __init__(self, log: Path):
        self._log = log
        self.port = free_port()
        self.process: Process | None = None

    @property
    def url(self) -> str:
        """The base URL, as a backend's `url` wants it."""
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Starts it; it serves well, a moment later."""
        harness = REPOSITORY / "Tests" / "EndToEndTests"
        program = ["env", f"PYTHONPATH={harness}", sys.executable, "-m", "harness.model_server", str(self.port)]
        self.process = Process(program, self._log)

    def behave(self, mode: str) -> None:
        """Changes how it answers: a name of `model_server.MODES`. Waits for one that has just been started."""
        eventually(lambda: self._told(mode), f"the backend is {mode}")

    def _told(self, mode: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/mode", mode)
            return connection.getresponse().status == 200
        finally:
            connection.close()

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def clean_up(self) -> None:
        if self.process is not None:
            self.process.clean_up()
