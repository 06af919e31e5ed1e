"""What starting the gateway and starting a worker have in common."""

import json
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .places import binaries
from .processes import Process


class Daemon:
    """A daemon's folder, configuration and, while it runs, its process."""

    program: str

    def __init__(self, folder: Path, database: str, *, prefix: Sequence[str] = ()):
        folder.mkdir(mode=0o750)
        self.folder = folder
        self.state = folder / "state"
        self.database = self.state / database
        self.configuration = folder / "configuration.toml"
        self.log = folder / "log"
        # What stands before the daemon's own command, to change its surroundings.
        self.prefix = prefix
        self.process: Process | None = None

    def start(self) -> None:
        """Starts it, without waiting for anything."""
        assert self.process is None or not self.process.is_running, f"{self.program} runs already"
        self.process = Process([*self.prefix, *self.command("run")], self.log)

    def command(self, *arguments: str) -> list[str]:
        """The command line of one of its commands, on its own configuration unless they name another."""
        configuration = [] if "--config" in arguments else ["--config", str(self.configuration)]
        return [str(binaries() / self.program), *arguments, *configuration]

    def run(self, *arguments: str, timeout: float = 30) -> subprocess.CompletedProcess[str]:
        """Runs one of its commands to the end, whatever its exit code."""
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout)

    def ask(self, *arguments: str, timeout: float = 30) -> str:
        """What a command prints that must succeed."""
        done = self.run(*arguments, timeout=timeout)
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr}{done.stdout}"
        return done.stdout

    def ask_json(self, *arguments: str) -> Any:
        return json.loads(self.ask(*arguments, "--json"))

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of its database, read as an operator with `sqlite3` would, while it runs or after."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as connection:
            connection.row_factory = sqlite3.Row
            found = [dict(row) for row in connection.execute(query, parameters)]
        connection.close()
        return found

    def stop(self, timeout: float = 40) -> int:
        """SIGTERM, then its exit code."""
        assert self.process is not None
        return self.process.stop(timeout)

    def clean_up(self) -> None:
        if self.process is not None:
            self.process.clean_up()
