"""A small file system of its own under a daemon's state directory, which a test fills up."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

_CLONE_NEWNS = 0x00020000


def why_not() -> str | None:
    """Why no file system can be mounted here; `None` if one can."""
    return None if os.geteuid() == 0 else "mounting a file system needs root"


@cache
def _enter_private_mounts() -> None:
    """Takes this process, and what it starts, into a mount namespace of their own: nobody else sees what is mounted."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class SmallDisk:
    """A tmpfs of `mebibytes` in a folder's place, with what the folder held; the daemon that uses it is down."""

    def __init__(self, folder: Path, mebibytes: int):
        _enter_private_mounts()
        self.folder = folder
        self._ballast = folder / "ballast"
        with tempfile.TemporaryDirectory() as aside:
            shutil.copytree(folder, f"{aside}/held")
            mode = folder.stat().st_mode & 0o7777
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode={mode:o}", "tmpfs", folder], check=True
            )
            shutil.copytree(f"{aside}/held", folder, dirs_exist_ok=True)

    @property
    def free_bytes(self) -> int:
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Takes all room but `leave` bytes."""
        with self._ballast.open("ab") as ballast:
            piece = 16 << 20
            while piece >= 4096 and (room := self.free_bytes - leave) > 0:
                try:
                    os.posix_fallocate(ballast.fileno(), ballast.seek(0, os.SEEK_END), min(room, piece))
                except OSError:
                    # The daemon took some of the room meanwhile, or the file system keeps the last pages to itself.
                    piece //= 2

    def make_room(self) -> None:
        self._ballast.unlink()

    def remount(self, mode: str) -> None:
        """`ro` or `rw`."""
        subprocess.run(["mount", "-o", f"remount,{mode}", self.folder], check=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)
