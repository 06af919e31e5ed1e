"""A throw-away copy of this system with a systemd of its own.

It is systemd-nspawn with an overlay over the root: what happens inside is gone with the container, and nothing outside
is touched. The network inside is its own loopback.
"""

import os
import shutil
import subprocess
import textwrap
from pathlib import Path

# Runs in a mount namespace of its own, so that the bind mount and the cgroup file system are gone with it.
ENTER = """\
set -e
mount --make-rprivate /
mkdir -p "$1/root"
mount --bind / "$1/root"
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
folder=$1
shift
exec systemd-nspawn --quiet --volatile=overlay --directory="$folder/root" --register=no --keep-unit \\
    --private-network --link-journal=no --machine="decentral-$$" "$@"
"""


class Container:
    """Boots, runs one script as root, and powers off."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._results = folder / "results"
        self._results.mkdir()
        self._binds: list[str] = []

    def show(self, outside: Path, inside: str) -> None:
        """Lets the container read a file or folder."""
        self._binds.append(f"--bind-ro={outside}:{inside}")

    @staticmethod
    def why_not() -> str | None:
        """Why no container can run here; `None` if one can."""
        if os.geteuid() != 0:
            return "a container needs root"
        if shutil.which("systemd-nspawn") is None:
            return "systemd-nspawn is not installed"
        if "cgroup2" not in Path("/proc/filesystems").read_text():
            return "the kernel has no cgroup2"
        return None

    def run(self, script: str, timeout: float = 120) -> str:
        """What the script printed, errors included."""
        inside = self._folder / "inside.sh"
        inside.write_text(f"exec > /results/log 2>&1\n{textwrap.dedent(script)}\n")
        unit = self._folder / "inside.service"
        unit.write_text(
            "[Service]\nType=oneshot\nExecStart=/bin/bash /inside.sh\nExecStopPost=/bin/systemctl poweroff --force\n"
        )
        self.show(inside, "/inside.sh")
        self.show(unit, "/etc/systemd/system/inside.service")
        done = subprocess.run(
            [
                *["unshare", "--mount", "bash", "-c", ENTER, "enter", str(self._folder)],
                *self._binds,
                *[f"--bind={self._results}:/results", "--boot", "systemd.unit=inside.service"],
            ],
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        log = self._results / "log"
        assert log.exists(), f"the container did not boot:\n{done.stdout}{done.stderr}"
        return log.read_text()
