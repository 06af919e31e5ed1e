"""A wallet that asks in its own name."""

import base64
import hashlib
import time
import uuid

import base58
import httpx
from nacl.signing import SigningKey

from .evidence import address_of
from .gateway import Gateway


class Wallet:
    """A key pair that talks to a gateway."""

    def __init__(self, gateway: Gateway, credits: int = 100):
        self.key = SigningKey.generate()
        self.address = address_of(self.key)
        self.url = gateway.url
        gateway.ask("accounts", "create", "--wallet", self.address)
        gateway.ask("credits", "grant", "--wallet", self.address, "--credits", str(credits))

    def challenge(self) -> dict:
        response = httpx.post(f"{self.url}/v1/auth/challenge", json={"wallet": self.address})
        assert response.status_code == 200, response.text
        return response.json()

    def verify(self, challenge: dict, key: SigningKey | None = None) -> httpx.Response:
        signature = (key or self.key).sign(challenge["message"].encode()).signature
        answer = {
            "wallet": self.address,
            "nonce": challenge["nonce"],
            "signature": base58.b58encode(signature).decode(),
        }
        return httpx.post(f"{self.url}/v1/auth/verify", json=answer)

    def sign_in(self) -> dict[str, str]:
        response = self.verify(self.challenge())
        assert response.status_code == 200, response.text
        return {"Authorization": f"Bearer {response.json()['token']}"}

    def signed_headers(
        self, method: str, path: str, body: bytes = b"", *, nonce: str | None = None, created: int | None = None
    ) -> dict[str, str]:
        """The headers of RFC 9421 for a request, made from the specification alone."""
        headers = {}
        components = [("@method", method), ("@target-uri", f"{self.url}{path}")]
        if body:
            headers["Content-Type"] = "application/json"
            headers["Content-Digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
            components.append(("content-digest", headers["Content-Digest"]))
        names = " ".join(f'"{name}"' for name, _ in components)
        parameters = (
            f"({names});created={created or int(time.time())};"
            f'keyid="{self.address}";alg="ed25519";nonce="{nonce or uuid.uuid4().hex}"'
        )
        base = "".join(f'"{name}": {value}\n' for name, value in components) + f'"@signature-params": {parameters}'
        signature = base64.b64encode(self.key.sign(base.encode()).signature).decode()
        return headers | {"Signature-Input": f"sig={parameters}", "Signature": f"sig=:{signature}:"}
