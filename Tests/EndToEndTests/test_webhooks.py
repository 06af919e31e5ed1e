"""Webhooks: what an account is told of, signed, once more after a crash, and never inside."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness.asking import ask
from harness.gateway import Caller
from harness.network import Network
from harness.receiver import Receiver
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from openai import InternalServerError

INSECURE = "[webhooks]\nallow_insecure_targets = true\n"
TLS = Path(__file__).parent.parent / "WorkerTransportTests" / "TLS"
JOBS = ["job.submitted", "job.processing", "job.completed", "job.failed", "job.timeout", "job.disputed"]
ALL = [*JOBS, "credit.low", "credit.deposited"]


class Hooks:
    """The webhooks of a caller."""

    def __init__(self, network: Network, caller: Caller):
        self._url = f"{network.gateway.url}/v1/webhooks"
        self._headers = caller.headers

    def call(
        self, method: str, path: str = "", body: dict[str, Any] | None = None, status: int = 200
    ) -> dict[str, Any]:
        response = httpx.request(method, self._url + path, json=body, headers=self._headers, timeout=20)
        assert response.status_code == status, response.text
        return response.json()

    def make(self, url: str, events: list[str], **members: Any) -> dict[str, Any]:
        return self.call("POST", body={"url": url, "events": events} | members, status=201)

    def refused(self, body: dict[str, Any], param: str) -> None:
        error = self.call("POST", body=body, status=400)["error"]
        assert error["param"] == param, error

    def deliveries(self, hook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
        return self.call("GET", f"/{hook['id']}/deliveries{query}")["data"]


@pytest.fixture
def receivers() -> Iterator[Callable[..., Receiver]]:
    """Makes receivers, which are closed after the test."""
    made: list[Receiver] = []

    def make(**settings: Any) -> Receiver:
        made.append(Receiver(**settings))
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


def test_an_account_is_told_of_its_jobs_and_credits(
    empty_network: Network, upstream: ScriptedUpstream, receivers: Callable[..., Receiver]
):
    network = empty_network
    network.start_gateway(configuration=INSECURE)
    network.add_worker(upstream.url)
    caller, receiver = network.caller(101), receivers()
    hooks = Hooks(network, caller)
    hook = hooks.make(receiver.url, ALL)

    upstream.script = lambda call: call.answer(network.output_word)
    answer = ask(caller, network.prompt_word, model="scripted")
    messages = receiver.verified(hook["secret"], 4)
    by_type = {message.type: message for message in messages}
    assert set(by_type) == {"job.submitted", "job.processing", "job.completed", "credit.low"}
    assert by_type["job.completed"].data == caller.job(answer.job_id)
    assert by_type["job.submitted"].data["status"] == "pending"
    assert by_type["job.processing"].data["worker_address"] == answer.decentral["worker"]
    assert by_type["credit.low"].data["balance"] == 99
    assert by_type["credit.low"].data["wallet"] == caller.wallet
    assert len({message.id for message in messages}) == 4

    # Below the threshold it is not said again, and a job that fails is told of.
    upstream.script = lambda call: (call.send("output"), call.break_off())
    with pytest.raises(InternalServerError, match="could not finish"):
        ask(caller, "anything", model="scripted")
    failed = receiver.next()
    while failed.type in ("job.submitted", "job.processing"):
        failed = receiver.next()
    assert failed.type == "job.failed"
    assert failed.data["error"]["code"] == "worker_failed"
    network.gateway.ask("credits", "grant", "--wallet", caller.wallet, "--credits", "5")
    deposited = receiver.next()
    assert (deposited.type, deposited.data["balance"]) == ("credit.deposited", 104)

    # Nothing of a webhook that its owner alone may know is shown to the operator.
    eventually(lambda: hooks.deliveries(hook, "?status=pending") == [], "all are delivered")
    listed = network.gateway.ask("webhooks", "list", "--json")
    assert hook["id"] in listed
    assert hook["secret"] not in listed and "/hook" not in listed


def test_a_gateway_that_is_killed_sends_again_what_was_not_answered(
    empty_network: Network, upstream: ScriptedUpstream, receivers: Callable[..., Receiver]
):
    network = empty_network
    network.start_gateway(configuration=INSECURE)
    caller, receiver = network.caller(), receivers(status=None)
    hook = Hooks(network, caller).make(receiver.url, JOBS)
    network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("output")
    job = ask(caller, "anything", model="scripted").job_id
    caller.wait_for_job(job, "settled")
    first = [receiver.next() for _ in range(3)]

    network.gateway.process.kill()
    for message in first:
        message.answer(None)
    receiver.status = 200
    network.gateway.start()
    network.gateway.wait_ready()

    again = receiver.verified(hook["secret"], 3)
    assert {message.id: message.body for message in again} == {message.id: message.body for message in first}
    assert {message.type for message in again} == {"job.submitted", "job.processing", "job.completed"}
    deliveries = lambda: Hooks(network, caller).deliveries(hook)  # noqa: E731
    eventually(lambda: {each["status"] for each in deliveries()} == {"delivered"}, "each is delivered")


def test_webhooks_are_their_wallets_own(empty_network: Network, receivers: Callable[..., Receiver]):
    network = empty_network
    network.start_gateway(configuration=INSECURE)
    caller, receiver = network.caller(), receivers(status=500)
    hooks, others = Hooks(network, caller), Hooks(network, network.caller())
    hook = hooks.make(receiver.url, ["job.failed"], credit_low_threshold=7)
    shown = {name: value for name, value in hook.items() if name != "secret"}
    assert hooks.call("GET", f"/{hook['id']}") == shown
    assert hooks.call("GET")["data"] == [shown]
    assert others.call("GET")["data"] == []
    path = f"/{hook['id']}"
    for method, rest, body in [
        ("GET", "", None),
        ("PATCH", "", {"status": "disabled"}),
        ("DELETE", "", None),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
        ("POST", "/deliveries/msg_00000000000000000000/redeliver", None),
    ]:
        error = others.call(method, path + rest, body, status=404)["error"]
        assert error["code"] == "webhook_not_found"

    sent = hooks.call("POST", path + "/test", status=202)
    (first,) = receiver.verified(hook["secret"], 1)
    assert (first.id, first.type) == (sent["id"], "webhook.test")
    eventually(lambda: hooks.deliveries(hook)[0]["attempts"] == 1, "the failure is kept")
    (failed,) = hooks.deliveries(hook)
    assert (failed["status"], failed["response_status"]) == ("pending", 500)
    assert failed["error"] == "the receiver answered 500"

    receiver.status = 204
    hooks.call("POST", f"{path}/deliveries/{sent['id']}/redeliver", status=202)
    (second,) = receiver.verified(hook["secret"], 1)
    assert (second.id, second.body) == (first.id, first.body)
    eventually(lambda: hooks.deliveries(hook, "?status=delivered"), "it is delivered")

    changed = hooks.call("PATCH", path, {"status": "disabled", "events": ["job.timeout"]})
    assert (changed["status"], changed["events"]) == ("disabled", ["job.timeout"])
    assert hooks.call("POST", path + "/test", status=403)["error"]["code"] == "operation_not_allowed"
    assert hooks.call("DELETE", path)["deleted"] is True
    assert hooks.call("GET", path, status=404)["error"]["code"] == "webhook_not_found"


def test_messages_go_to_the_open_internet_and_to_whom_the_certificate_names(
    empty_network: Network, receivers: Callable[..., Receiver]
):
    network = empty_network
    certificate = (TLS / "certificate.pem", TLS / "key.pem")
    secure, elsewhere = receivers(certificate=certificate), receivers(certificate=certificate, address="127.0.0.2")
    plain = receivers()
    authority = f'ca_file = "{TLS / "certificate.pem"}"\n'
    network.start_gateway(configuration=INSECURE + authority)
    caller = network.caller()
    hooks = Hooks(network, caller)

    named = hooks.make(secure.url, ALL)
    hooks.call("POST", f"/{named['id']}/test", status=202)
    secure.verified(named["secret"], 1)
    # The certificate does not name this address.
    unnamed = hooks.make(elsewhere.url, ALL)
    hooks.call("POST", f"/{unnamed['id']}/test", status=202)
    eventually(lambda: hooks.deliveries(unnamed)[0]["attempts"] == 1, "the attempt failed")
    assert "certificate" in hooks.deliveries(unnamed)[0]["error"]

    # Without the switch nothing goes inside, not even where it went before.
    inside = hooks.make(plain.url, ALL)
    configuration = network.gateway.configuration
    configuration.write_text(configuration.read_text().replace("allow_insecure_targets = true", ""))
    assert network.gateway.stop() == 0
    network.gateway.start()
    network.gateway.wait_ready()
    for hook in (named, inside):
        hooks.call("POST", f"/{hook['id']}/test", status=202)
        eventually(lambda hook=hook: hooks.deliveries(hook)[0]["attempts"] == 1, "the attempt failed")
        assert hooks.deliveries(hook)[0]["response_status"] is None
        assert hooks.deliveries(hook)[0]["error"].startswith("the URL is not taken any more")
    for url in [
        "http://example.com",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://2130706433/",
    ]:
        hooks.refused({"url": url, "events": ["job.failed"]}, "url")
