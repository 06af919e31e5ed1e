"""Requests with an `Idempotency-Key`: one job, one charge, however often they are sent."""

import threading

import httpx
import pytest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually
from openai import ConflictError

KEY = {"Idempotency-Key": "order-66"}


def ask(network: Network, caller: Caller, *, text: str = "hello", headers: dict | None = None, **options):
    body = {"model": "scripted", "messages": [{"role": "user", "content": f"{network.prompt_word} {text}"}], **options}
    url = f"{network.gateway.url}/v1/chat/completions"
    return httpx.post(url, json=body, headers=caller.headers | (KEY if headers is None else headers), timeout=60)


def job_ids(network: Network) -> list[str]:
    return [row["job_id"] for row in network.gateway.rows("SELECT job_id FROM jobs ORDER BY job_id")]


def test_the_same_request_is_one_job(network: Network, caller: Caller):
    """Sent again while the first is under way, when it is over, and when the gateway has forgotten its answer."""
    upstream = ScriptedUpstream()
    network.add_worker(upstream.url)
    answers: list[httpx.Response] = []
    askers = [threading.Thread(target=lambda: answers.append(ask(network, caller))) for _ in range(8)]
    for asker in askers:
        asker.start()
    call = upstream.next_call()
    call.answer(network.output_word)
    for asker in askers:
        asker.join(60)

    answers.append(ask(network, caller))
    assert [answer.status_code for answer in answers] == [200] * 9
    assert len({answer.content for answer in answers}) == 1, "the same bytes for everybody"
    assert sorted(answer.headers.get("idempotent-replayed", "") for answer in answers) == [""] + ["true"] * 8
    (job_id,) = job_ids(network)
    assert {answer.headers["x-decentral-job-id"] for answer in answers} == {job_id}
    assert caller.credits_remaining() == 10_000 - 2

    other = ask(network, caller, text="something else")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert other.headers["x-should-retry"] == "false"

    network.gateway.process.kill()
    network.gateway.start()
    network.gateway.wait_ready()
    with pytest.raises(ConflictError) as refused:
        # The SDK is told not to try again, so it raises at once.
        caller.client.with_options(max_retries=2).chat.completions.create(
            model="scripted",
            messages=[{"role": "user", "content": f"{network.prompt_word} hello"}],
            extra_headers=KEY,
        )
    assert refused.value.code == "idempotency_replay"
    again = ask(network, caller)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "idempotency_replay")
    assert again.headers["x-decentral-job-id"] == job_id and job_id in again.json()["error"]["message"]
    assert job_ids(network) == [job_id]
    assert caller.credits_remaining() == 10_000 - 2


def test_a_job_that_failed_frees_its_key(network: Network, caller: Caller):
    upstream = ScriptedUpstream(lambda call: call.break_off())
    network.add_worker(upstream.url)
    failed = ask(network, caller)
    assert (failed.status_code, failed.json()["error"]["code"]) == (502, "worker_failed")
    assert failed.headers["x-decentral-job-id"] in job_ids(network)
    upstream.script = lambda call: call.answer(network.output_word)
    # The worker may need a moment until its backend is well again.
    eventually(lambda: ask(network, caller).status_code == 200, "the request is made anew")
    assert caller.credits_remaining() == 10_000 - 2


def test_a_stream_is_its_callers_alone(network: Network, caller: Caller):
    upstream = ScriptedUpstream()
    network.add_worker(upstream.url)
    with httpx.stream(
        "POST",
        f"{network.gateway.url}/v1/chat/completions",
        json={"model": "scripted", "messages": [{"role": "user", "content": "hi"}], "stream": True},
        headers=caller.headers | KEY,
        timeout=60,
    ) as stream:
        call = upstream.next_call()
        call.send(network.output_word)
        assert stream.status_code == 200
        again = ask(network, caller, text="", stream=True)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "idempotency_conflict")
        same = httpx.post(
            f"{network.gateway.url}/v1/chat/completions",
            content=stream.request.read(),
            headers=caller.headers | KEY | {"Content-Type": "application/json"},
            timeout=60,
        )
        assert (same.status_code, same.json()["error"]["code"]) == (409, "idempotency_replay")
        assert same.headers["x-decentral-job-id"] == stream.headers["x-decentral-job-id"]
        call.finish()
        stream.read()
    assert len(job_ids(network)) == 1


def test_a_key_that_cannot_be_one_is_refused(network: Network, caller: Caller):
    for key in ("", "x" * 256, "tab\there"):
        refused = ask(network, caller, headers={"Idempotency-Key": key})
        assert refused.status_code == 400
        assert refused.json()["error"]["param"] == "Idempotency-Key"
