"""A real `decentral-gateway`."""

import json
from collections.abc import Sequence
from pathlib import Path

import base58
import httpx
from nacl.signing import SigningKey
from openai import OpenAI

from .daemon import Daemon
from .evidence import address_of
from .processes import free_port
from .waiting import eventually


class Caller:
    """A wallet with credits, and an API key that spends them."""

    def __init__(self, gateway: "Gateway", credits: int):
        self._gateway = gateway
        self.wallet = address_of(SigningKey.generate())
        gateway.ask("accounts", "create", "--wallet", self.wallet)
        if credits:
            gateway.ask("credits", "grant", "--wallet", self.wallet, "--credits", str(credits))
        self.key = gateway.ask("keys", "create", "--wallet", self.wallet).strip()
        self.client = OpenAI(base_url=f"{gateway.url}/v1", api_key=self.key, max_retries=0, timeout=60)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def job(self, job_id: str) -> dict:
        """`GET /v1/jobs/{id}`."""
        response = httpx.get(f"{self._gateway.url}/v1/jobs/{job_id}", headers=self.headers, timeout=20)
        assert response.status_code == 200, response.text
        return response.json()

    def wait_for_job(self, job_id: str, status: str, timeout: float = 30) -> dict:
        """The job, once it has that status."""
        eventually(lambda: self.job(job_id)["status"] == status, f"{job_id} is {status}", timeout)
        return self.job(job_id)

    def credits_remaining(self) -> int:
        """The balance that every authenticated response tells."""
        response = httpx.get(f"{self._gateway.url}/v1/models", headers=self.headers, timeout=20)
        return int(response.headers["x-decentral-credits-remaining"])


class Gateway(Daemon):
    """Listens on free ports; hosts the models `tiny-chat`, `tiny-random` and `scripted` in its catalogue."""

    program = "decentral-gateway"

    def __init__(
        self,
        folder: Path,
        *,
        job_timeout: int = 60,
        reconnect: int = 10,
        api: str = "",
        admin: str = "",
        public_names: list[str] | None = None,
        configuration: str = "",
        prefix: Sequence[str] = (),
    ):
        super().__init__(folder, "gateway.sqlite", prefix=prefix)
        self.port, self.worker_port = free_port(), free_port()
        self.socket = folder / "gateway.sock"
        self.url = f"http://127.0.0.1:{self.port}"
        self.worker_url = f"http://127.0.0.1:{self.worker_port}"
        models = "".join(
            f'[[model]]\nid = "{name}"\nowned_by = "tests"\ntier = "lite"\nparameters = "1M"\ncontext_window = 2048\n'
            for name in ("tiny-chat", "tiny-random", "scripted")
        )
        names = f"public_names = {json.dumps(public_names)}\n" if public_names else ""
        self.configuration.write_text(
            f"""\
[gateway]
name = "test"
state_directory = "state"
[api]
listen = "127.0.0.1:{self.port}"
{api}[worker_listener]
listen = "127.0.0.1:{self.worker_port}"
{names}[admin]
socket = "gateway.sock"
{admin}[jobs]
timeout_seconds = {job_timeout}
reconnect_seconds = {reconnect}
{models}{configuration}"""
        )

    def wait_ready(self) -> None:
        def ready() -> bool:
            assert self.process is not None
            if not self.process.is_running:
                raise RuntimeError(f"the gateway ended:\n{self.process.output()[-3000:]}")
            try:
                return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
            except httpx.TransportError:
                return False

        eventually(ready, "the gateway is ready")

    def wait_connected(self) -> None:
        """For a gateway, to be ready is all there is to wait for."""
        self.wait_ready()

    @property
    def address(self) -> str:
        """Its ed25519 address: the name of the network in everything that is signed."""
        address = self.ask("identity", "show").split()[-1]
        assert len(base58.b58decode(address)) == 32
        return address

    def models(self, caller: Caller) -> set[str]:
        """The ids in `GET /v1/models`."""
        return {model.id for model in caller.client.models.list()}
