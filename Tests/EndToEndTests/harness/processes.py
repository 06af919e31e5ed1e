"""Starting programs, and making sure that none of them stays behind."""

import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path

from .waiting import eventually


def free_port() -> int:
    """A TCP port on loopback that nothing listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Process:
    """A program in a process group of its own, with everything it prints in one file."""

    def __init__(self, command: list[str], log: Path):
        self.command = [str(part) for part in command]
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def is_running(self) -> bool:
        return self._popen.poll() is None

    def terminate(self) -> None:
        self._popen.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9 of this process alone, as the kernel's out-of-memory killer would do it."""
        self._popen.kill()
        self._popen.wait(10)

    def wait(self, timeout: float = 30) -> int:
        """The exit code, once it has ended."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.command[0]} has not ended after {timeout} s") from None

    def stop(self, timeout: float = 30) -> int:
        """SIGTERM, then the exit code."""
        if self.is_running:
            self.terminate()
        return self.wait(timeout)

    def clean_up(self) -> None:
        """Ends whatever is left of its group; for the end of a test, passed or not."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait(10)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for_output(self, text: str, timeout: float = 20) -> str:
        """The first line that contains `text`."""

        def line() -> str | None:
            found = next((line for line in self.output().splitlines() if text in line), None)
            if found is None and not self.is_running:
                raise RuntimeError(f"{self.command} ended without printing {text!r}:\n{self.output()[-2000:]}")
            return found

        return eventually(line, f"{self.command[0]} prints {text!r}", timeout)


def processes_mentioning(text: str) -> dict[int, str]:
    """Running processes whose command line contains `text`, other than this one: pid → command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text in line and state != "Z":
            found[int(entry.name)] = line
    return found
