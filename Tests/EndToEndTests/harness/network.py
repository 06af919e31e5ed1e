"""A whole network on this machine, and the checks that follow every test."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from .books import check_books
from .gateway import Caller, Gateway
from .places import LLAMA_SERVER, MODELS
from .processes import processes_mentioning
from .waiting import eventually
from .worker import Worker, llama_backend, openai_backend


class Network:
    """A gateway and its workers in one folder under /tmp (a Unix socket's path must be short)."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dcn-"))
        self.gateways: list[Gateway] = []
        self.workers: list[Worker] = []
        self._finally: list[Callable[[], None]] = []
        # Words that a test puts into prompts and outputs, and that must then be in no file.
        self.prompt_word = "prompt" + secrets.token_hex(8)
        self.output_word = "output" + secrets.token_hex(8)

    @property
    def gateway(self) -> Gateway:
        return self.gateways[0]

    def start_gateway(self, **settings) -> Gateway:
        gateway = Gateway(self.folder / "gateway", **settings)
        self.gateways.append(gateway)
        gateway.start()
        gateway.wait_ready()
        return gateway

    def add_worker(
        self,
        upstream: str,
        *,
        model: str = "scripted",
        slots: int = 4,
        ready: bool = True,
        backend_settings: str = "",
        **settings,
    ) -> Worker:
        """A worker whose backend is the server at the URL `upstream`; `settings` are those of `Worker`.

        `backend_settings` are lines of its `[[backend]]`.
        """
        return self._start(openai_backend(upstream) + backend_settings, model, slots, ready, **settings)

    def add_worker_on(self, backend: str, *, model: str, slots: int = 4, ready: bool = True) -> Worker:
        """A worker on any backend: the text of a `[[backend]]`."""
        return self._start(backend, model, slots, ready)

    def add_supervising_worker(self, *, model: str = "tiny-chat", slots: int = 4, ready: bool = True) -> Worker:
        """A worker that starts and watches a llama.cpp of its own."""
        return self._start(
            llama_backend(LLAMA_SERVER, self.model_file(model), ["-n", "256", "-c", "4096", "-np", str(slots)]),
            model,
            slots,
            ready,
        )

    def model_file(self, model: str) -> Path:
        """The model under this test's folder, so that a backend's command line tells whose it is."""
        link = self.folder / f"{model}.gguf"
        if not link.exists():
            link.symlink_to(MODELS / f"{model}.gguf")
        return link

    def _start(self, backend: str, model: str, slots: int, ready: bool, **settings) -> Worker:
        name = f"worker-{len(self.workers) + 1}"
        worker = Worker(self.folder / name, self.gateway, backend, model=model, slots=slots, **settings)
        self.workers.append(worker)
        worker.start()
        if ready:
            worker.wait_ready()
        return worker

    def finally_do(self, action: Callable[[], None]) -> None:
        """Has that done when nothing of the network runs any more."""
        self._finally.append(action)

    def caller(self, credits: int = 10_000) -> Caller:
        return Caller(self.gateway, credits)

    def check_and_stop(self) -> None:
        """What must hold after every test: nothing is owed, nothing leaked, nothing stays behind."""
        for daemon in [*self.gateways, *self.workers]:
            if daemon.process is None or not daemon.process.is_running:
                daemon.start()
                daemon.wait_connected()
        check_books(self.gateway, self.workers)
        for daemon in [*self.workers, *self.gateways]:
            assert daemon.stop() == 0, f"{daemon.folder.name} did not end well; see {daemon.log}"
        # With the daemons down the offline path reads the same books.
        self.gateway.ask("ledger", "verify", timeout=600)
        for word in (self.prompt_word, self.output_word):
            assert self.files_with(word) == [], f"{word} was written to disk"
        eventually(lambda: not processes_mentioning(str(self.folder)), "no process stays behind")

    def files_with(self, word: str) -> list[str]:
        """Files under the folder, logs and databases alike, in which the word stands."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".gguf")
        return [str(path.relative_to(self.folder)) for path in files if word.encode() in path.read_bytes()]

    def logs(self) -> str:
        """The end of every daemon's log, for the report of a failed test."""
        parts = []
        for daemon in [*self.gateways, *self.workers]:
            if daemon.log.exists():
                parts.append(f"--- {daemon.log}\n{daemon.log.read_text(errors='replace')[-6000:]}")
        return "\n".join(parts)

    def clean_up(self, keep: bool) -> None:
        """Ends every process of this network; the folder stays if `keep`."""
        for daemon in [*self.workers, *self.gateways]:
            daemon.clean_up()
        for pid in processes_mentioning(str(self.folder)):
            os.kill(pid, signal.SIGKILL)
        for action in self._finally:
            action()
        if not keep:
            shutil.rmtree(self.folder)
