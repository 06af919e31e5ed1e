"""Where things are: the repository, its models, the binaries under test."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
MODELS = REPOSITORY / "models"
PROTOCOL = REPOSITORY / "proto"

# llama-server's command line, on the wheel of this Python's environment.
LLAMA_SERVER = [sys.executable, str(REPOSITORY / "scripts" / "llama_server.py")]


@cache
def binaries() -> Path:
    """The folder of the daemons' binaries: `$DECENTRAL_BIN`, else where `swift build` puts them."""
    if folder := os.environ.get("DECENTRAL_BIN"):
        return Path(folder)
    command = ["swift", "build", "--show-bin-path"]
    return Path(subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.strip())
