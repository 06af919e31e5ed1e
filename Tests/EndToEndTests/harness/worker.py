"""A real `decentral-worker`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from .daemon import Daemon
from .evidence import Evidence
from .gateway import Gateway
from .waiting import eventually


def openai_backend(url: str) -> str:
    """A `[[backend]]` that reaches a running server."""
    return f'[[backend]]\nname = "backend"\nkind = "openai"\nurl = "{url}"\n'


def llama_backend(command: list[str], model_file: Path, arguments: list[str]) -> str:
    """A `[[backend]]` that the worker starts and watches."""
    return (
        f'[[backend]]\nname = "backend"\nkind = "llama-server"\ncommand = {json.dumps(command)}\n'
        f'model_file = "{model_file}"\narguments = {json.dumps(arguments)}\n'
    )


class Worker(Daemon):
    """Hosts one model of one backend for one gateway."""

    program = "decentral-worker"

    def __init__(
        self,
        folder: Path,
        gateway: Gateway,
        backend: str,
        *,
        model: str,
        slots: int = 4,
        gateway_url: str | None = None,
        prefix: Sequence[str] = (),
        model_settings: str = "",
    ):
        super().__init__(folder, "worker.sqlite", prefix=prefix)
        self.gateway = gateway
        self.model = model
        self.socket = folder / "worker.sock"
        self.configuration.write_text(
            f"""\
[worker]
name = "{folder.name}"
state_directory = "state"
[status]
socket = "worker.sock"
[[network]]
name = "test"
url = "{gateway_url or gateway.worker_url}"
{backend}[[model]]
id = "{model}"
backend = "backend"
max_concurrent_jobs = {slots}
context_window = 2048
{model_settings}"""
        )

    def get(self, path: str) -> Any:
        """What the local API answers on the Unix socket."""
        transport = httpx.HTTPTransport(uds=str(self.socket))
        with httpx.Client(transport=transport, base_url="http://worker", timeout=10) as client:
            response = client.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    def status(self) -> dict[str, Any]:
        return self.get("/v1/status")

    def wait_connected(self) -> None:
        """Until its session with the gateway stands, whatever its backend does."""
        self._wait_for_status(lambda status: all(network["connected"] for network in status["networks"]), "connected")

    def wait_ready(self) -> None:
        """Until it is connected, its model is healthy, and the gateway sends it jobs."""
        self.wait_connected()
        self.wait_for_health("healthy")
        eventually(lambda: self.address in self.gateway.ask("workers", "list"), "the gateway lists the worker")

    def wait_for_health(self, health: str) -> None:
        """Until its models have that health."""
        self._wait_for_status(lambda status: all(model["health"] == health for model in status["models"]), health)

    def _wait_for_status(self, holds: Callable[[dict[str, Any]], bool], what: str) -> None:
        def check() -> bool:
            assert self.process is not None
            if not self.process.is_running:
                raise RuntimeError(f"the worker ended:\n{self.process.output()[-3000:]}")
            try:
                return holds(self.status())
            except httpx.TransportError:
                return False

        eventually(check, f"{self.folder.name} is {what}", timeout=40)

    @property
    def address(self) -> str:
        return self.status()["address"]

    def job(self, job_id: str) -> dict[str, Any]:
        """Its row in the worker's table `jobs`."""
        (row,) = self.rows("SELECT * FROM jobs WHERE job_id = ?", job_id)
        return row

    def wait_for_job(self, job_id: str, status: str) -> dict[str, Any]:
        """The row, once it has that status."""
        eventually(lambda: self.job(job_id)["status"] == status, f"the worker's {job_id} is {status}")
        return self.job(job_id)

    def wait_for_payout(self, job_id: str) -> dict[str, Any]:
        """The job's row in the table `payouts`; it comes after the statement that settles the job."""

        def payouts() -> list[dict[str, Any]]:
            return self.rows("SELECT * FROM payouts WHERE job_id = ?", job_id)

        eventually(payouts, f"the worker is paid for {job_id}")
        (row,) = payouts()
        return row

    def receipt_row(self, job_id: str) -> dict[str, Any]:
        """The row of the worker's table `receipts`."""
        (row,) = self.rows("SELECT * FROM receipts WHERE job_id = ?", job_id)
        return row

    def evidence(self, job_id: str) -> Evidence:
        """Offer, receipt and statement of a settled job, their signatures checked."""
        row = self.receipt_row(job_id)
        return Evidence.of(row, gateway=row["network"], worker=self.address)
