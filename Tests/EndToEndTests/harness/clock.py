"""A daemon whose time of day is wrong, or is moved while it runs."""

import subprocess
from pathlib import Path


class MovedClock:
    """The clock of a daemon that is started with `prefix` before its command: the machine's time and an offset.

    What measures durations goes on as before, as on a machine whose time somebody sets.
    """

    def __init__(self, folder: Path, *, seconds: int = 0):
        self._file = folder / "clock-offset"
        self._library = folder / "moved_clock.so"
        source = Path(__file__).with_name("moved_clock.c")
        command = ["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", str(source), "-o", str(self._library)]
        subprocess.run(command, check=True)
        self.move(seconds)

    def move(self, seconds: int) -> None:
        """So far from the machine's time from now on: ahead, or behind if negative."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds}\n")
        new.rename(self._file)

    @property
    def prefix(self) -> list[str]:
        return ["env", f"LD_PRELOAD={self._library}", f"MOVED_CLOCK={self._file}"]
