"""A wallet asks in its own name: it signs in, or signs each request."""

import json
import time

import httpx
import pytest
from harness.gateway import Caller, Gateway
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from harness.wallet import Wallet
from nacl.signing import SigningKey


@pytest.fixture
def wallet(network: Network) -> Wallet:
    return Wallet(network.gateway)


def refused(response: httpx.Response, code: str = "invalid_signature", status: int = 401) -> None:
    assert response.status_code == status, response.text
    assert response.json()["error"]["code"] == code


def host(network: Network, upstream: ScriptedUpstream) -> None:
    """Adds a worker that answers at once."""
    upstream.script = lambda call: call.answer("hello")
    network.add_worker(upstream.url)


def restart(gateway: Gateway) -> None:
    gateway.process.kill()
    gateway.start()
    gateway.wait_ready()


def question() -> bytes:
    return json.dumps({"model": "scripted", "messages": [{"role": "user", "content": "hello"}]}).encode()


def test_a_wallet_signs_in_and_makes_a_key_that_works(network: Network, wallet: Wallet):
    challenge = wallet.challenge()
    assert wallet.address in challenge["message"] and challenge["nonce"] in challenge["message"]
    headers = wallet.sign_in()
    credits = httpx.get(f"{wallet.url}/v1/credits", headers=headers).json()
    assert (credits["wallet"], credits["balance"], credits["locked"]) == (wallet.address, 100, 0)

    made = httpx.post(f"{wallet.url}/v1/keys", headers=headers, json={"name": "laptop"})
    assert made.status_code == 201, made.text
    key = {"Authorization": f"Bearer {made.json()['key']}"}
    listed = httpx.get(f"{wallet.url}/v1/keys", headers=key).json()["data"]
    assert [entry["name"] for entry in listed] == ["laptop"]
    assert "key" not in listed[0]

    # A key neither makes nor revokes one.
    refused(httpx.post(f"{wallet.url}/v1/keys", headers=key, json={}), "operation_not_allowed", 403)
    path = f"{wallet.url}/v1/keys/{listed[0]['id']}"
    refused(httpx.delete(path, headers=key), "operation_not_allowed", 403)
    assert httpx.delete(path, headers=headers).json()["revoked_at"]
    refused(httpx.get(f"{wallet.url}/v1/credits", headers=key), "invalid_api_key")


def test_a_challenge_works_once_and_for_its_wallet(wallet: Wallet):
    challenge = wallet.challenge()
    refused(wallet.verify(challenge, key=SigningKey.generate()))
    refused(wallet.verify(challenge))
    challenge = wallet.challenge()
    assert wallet.verify(challenge).status_code == 200
    refused(wallet.verify(challenge))


def test_a_token_holds_across_a_restart_of_the_gateway(network: Network, wallet: Wallet):
    headers = wallet.sign_in()
    restart(network.gateway)
    assert httpx.get(f"{wallet.url}/v1/credits", headers=headers).status_code == 200


def test_a_signed_request_pays_with_no_key_anywhere(network: Network, upstream: ScriptedUpstream, wallet: Wallet):
    host(network, upstream)
    body = question()
    headers = wallet.signed_headers("POST", "/v1/chat/completions", body)
    answer = httpx.post(f"{wallet.url}/v1/chat/completions", headers=headers, content=body, timeout=30)
    assert answer.status_code == 200, answer.text
    job = answer.json()["decentral"]["job_id"]
    path = f"/v1/jobs/{job}"
    shown = httpx.get(f"{wallet.url}{path}", headers=wallet.signed_headers("GET", path))
    assert shown.json()["status"] == "settled"


def test_a_copy_of_a_signed_request_is_refused_also_after_a_restart(
    network: Network, upstream: ScriptedUpstream, wallet: Wallet
):
    host(network, upstream)
    body = question()
    headers = wallet.signed_headers("POST", "/v1/chat/completions", body)

    def send() -> httpx.Response:
        return httpx.post(f"{wallet.url}/v1/chat/completions", headers=headers, content=body, timeout=30)

    assert send().status_code == 200
    refused(send())
    restart(network.gateway)
    refused(send())


def test_a_signature_holds_for_its_request_alone(wallet: Wallet):
    path = "/v1/credits"
    assert httpx.get(wallet.url + path, headers=wallet.signed_headers("GET", path)).status_code == 200
    refused(httpx.get(f"{wallet.url}{path}?a=b", headers=wallet.signed_headers("GET", path)))
    refused(httpx.get(f"{wallet.url}/v1/models", headers=wallet.signed_headers("GET", path)))
    old = wallet.signed_headers("GET", path, created=int(time.time()) - 301)
    refused(httpx.get(wallet.url + path, headers=old))
    body = b'{"name": "a"}'
    headers = wallet.signed_headers("POST", "/v1/keys", body)
    refused(httpx.post(f"{wallet.url}/v1/keys", headers=headers, content=b'{"name": "b"}'))
    without_digest = wallet.signed_headers("POST", "/v1/keys") | {"Content-Type": "application/json"}
    refused(httpx.post(f"{wallet.url}/v1/keys", headers=without_digest, content=body))


def test_a_key_is_held_to_its_models_and_its_expiry(network: Network, upstream: ScriptedUpstream, wallet: Wallet):
    network.add_worker(upstream.url)
    owner = wallet.sign_in()
    made = httpx.post(f"{wallet.url}/v1/keys", headers=owner, json={"models": ["tiny-chat"]}).json()
    key = {"Authorization": f"Bearer {made['key']}", "Content-Type": "application/json"}
    answer = httpx.post(f"{wallet.url}/v1/chat/completions", headers=key, content=question(), timeout=30)
    refused(answer, "model_not_allowed", 403)
    for wrong in (
        {"models": ["no-such-model"]},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "tomorrow"},
        {"spending_cap_credits": 0},
    ):
        refused(httpx.post(f"{wallet.url}/v1/keys", headers=owner, json=wrong), "invalid_parameter", 400)
    refused(httpx.post(f"{wallet.url}/v1/keys", headers=owner, json={"colour": 1}), "unknown_parameter", 400)


def test_a_key_is_held_to_its_spending_cap(network: Network, upstream: ScriptedUpstream, wallet: Wallet):
    host(network, upstream)
    made = httpx.post(f"{wallet.url}/v1/keys", headers=wallet.sign_in(), json={"spending_cap_credits": 5}).json()
    key = {"Authorization": f"Bearer {made['key']}", "Content-Type": "application/json"}

    def send() -> httpx.Response:
        return httpx.post(f"{wallet.url}/v1/chat/completions", headers=key, content=question(), timeout=30)

    # Two credits each: the third would pass the cap.
    assert [send().status_code for _ in range(2)] == [200, 200]
    refused(send(), "spending_cap_reached", 402)
    restart(network.gateway)
    eventually(lambda: send().json()["error"]["code"] == "spending_cap_reached", "the cap holds after a restart")
    assert int(httpx.get(f"{wallet.url}/v1/keys", headers=key).headers["x-decentral-credits-remaining"]) == 96


def test_lists_are_paged(network: Network, upstream: ScriptedUpstream, caller: Caller):
    host(network, upstream)
    jobs = []
    for _ in range(3):
        answer = httpx.post(
            f"{network.gateway.url}/v1/chat/completions",
            headers=caller.headers | {"Content-Type": "application/json"},
            content=question(),
            timeout=30,
        )
        jobs.insert(0, answer.json()["decentral"]["job_id"])

    def page(path: str, **query) -> dict:
        response = httpx.get(f"{network.gateway.url}{path}", headers=caller.headers, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    first = page("/v1/jobs", limit=2)
    assert [job["id"] for job in first["data"]] == jobs[:2]
    assert (first["has_more"], first["first_id"], first["last_id"]) == (True, jobs[0], jobs[1])
    rest = page("/v1/jobs", limit=2, after=first["last_id"])
    assert [job["id"] for job in rest["data"]] == jobs[2:]
    assert rest["has_more"] is False
    assert page("/v1/jobs", status="failed")["data"] == []
    assert len(page("/v1/jobs", model="scripted")["data"]) == 3

    entries = page("/v1/credits/transactions", limit=100)["data"]
    assert [entry["type"] for entry in entries].count("lock") == 3
    assert sum(entry["credits"] for entry in entries) == page("/v1/credits")["balance"]
    receipt = page(f"/v1/jobs/{jobs[0]}/receipt")
    assert receipt["receipt"]["payloadType"] == "application/vnd.decentral.receipt.v1+json"
    assert receipt["statement"]["payloadType"] == "application/vnd.decentral.ledger-entry.v1+json"
    for query in ({"limit": "0"}, {"limit": "x"}, {"after": "x"}, {"status": "x"}, {"colour": "red"}):
        response = httpx.get(f"{network.gateway.url}/v1/jobs", headers=caller.headers, params=query)
        assert response.status_code == 400, query
