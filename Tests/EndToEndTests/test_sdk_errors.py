"""What goes wrong, as programs with the official SDK see it: the right class, and never a short answer."""

import asyncio
import time
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import openai
import pytest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import Call, ScriptedUpstream
from harness.waiting import eventually
from openai import AsyncOpenAI, OpenAI

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]


class Attempts:
    """An SDK client that notes its requests and its waits, and does not wait."""

    def __init__(self, caller: Caller, monkeypatch: pytest.MonkeyPatch, **options):
        self.requests: list[str] = []
        self.statuses: list[int] = []
        self.waits: list[float] = []
        self.on_wait = lambda: None
        http = openai.DefaultHttpxClient(event_hooks={"request": [self._sent], "response": [self._answered]})
        self.client = OpenAI(base_url=caller.client.base_url, api_key=caller.key, http_client=http, **options)
        # The SDK's name for the module, and not the module: the harness has waits of its own.
        monkeypatch.setattr("openai._base_client.time", SimpleNamespace(sleep=self._wait, time=time.time))

    def _sent(self, request) -> None:
        self.requests.append(request.headers["x-stainless-retry-count"])

    def _answered(self, response) -> None:
        self.statuses.append(response.status_code)

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.on_wait()

    def ask(self, model: str = "scripted", **options):
        return self.client.chat.completions.create(model=model, messages=QUESTION, **options)


# --------------------------------------------------------------------------- classes


def check(raised: openai.APIStatusError, kind: type, status: int, code: str, param: str | None = None) -> None:
    """All that programs read of an error."""
    assert type(raised) is kind
    assert (raised.status_code, raised.code, raised.param) == (status, code, param)
    assert raised.type == raised.response.json()["error"]["type"]
    assert raised.body["message"] in str(raised)
    assert raised.request_id == raised.response.headers["x-request-id"]


def test_each_status_raises_its_own_class(network: Network, upstream: ScriptedUpstream):
    network.add_worker(upstream.url)
    upstream.script = lambda call: call.refuse(500, "out of order")
    caller, poor = network.caller(), network.caller(credits=1)
    client = caller.client

    def ask(model: str = "scripted", client: OpenAI = client, **options):
        return lambda: client.chat.completions.create(model=model, messages=QUESTION, **options)

    stranger = client.with_options(api_key="dcntrl_live_" + "x" * 32)
    text = {"Content-Type": "text/plain"}
    own_id = {"x-request-id": "the-callers-own"}
    for action, kind, status, code, param in [
        (ask(temperature=3), openai.BadRequestError, 400, "invalid_parameter", "temperature"),
        (ask(extra_body={"mirostat": 2}), openai.BadRequestError, 400, "unknown_parameter", "mirostat"),
        (ask(client=stranger), openai.AuthenticationError, 401, "invalid_api_key", None),
        (ask(client=poor.client), openai.APIStatusError, 402, "insufficient_credits", None),
        (
            lambda: client.post("/keys", body={}, cast_to=object),
            openai.PermissionDeniedError,
            403,
            "operation_not_allowed",
            None,
        ),
        (ask(model="gpt-9"), openai.NotFoundError, 404, "model_not_found", "model"),
        (ask(model="Scripted"), openai.NotFoundError, 404, "model_not_found", "model"),
        (lambda: client.models.retrieve("gpt-9"), openai.NotFoundError, 404, "model_not_found", "model"),
        (lambda: client.files.list(), openai.NotFoundError, 404, "route_not_found", None),
        (lambda: client.models.delete("scripted"), openai.APIStatusError, 405, "method_not_allowed", None),
        (ask(user="u" * (4 << 20)), openai.APIStatusError, 413, "request_too_large", None),
        (ask(extra_headers=text), openai.APIStatusError, 415, "unsupported_media_type", None),
        (ask(extra_headers=own_id), openai.InternalServerError, 502, "worker_failed", None),
        (ask(model="tiny-chat"), openai.InternalServerError, 503, "no_workers_available", None),
    ]:
        with pytest.raises(openai.APIStatusError) as raised:
            action()
        check(raised.value, kind, status, code, param)
        if status == 502:
            assert raised.value.request_id == "the-callers-own"
    assert caller.credits_remaining() == 10_000

    async def ask_asynchronously() -> None:
        async with AsyncOpenAI(base_url=client.base_url, api_key=client.api_key, max_retries=0) as own:
            await own.chat.completions.create(model="gpt-9", messages=QUESTION)

    with pytest.raises(openai.NotFoundError):
        asyncio.run(ask_asynchronously())


def test_a_prompt_that_does_not_fit_is_the_callers_error(network: Network, caller: Caller, llama: str):
    """Told before anything is locked where it cannot fit, by the backend's tokenizer where it does not."""
    network.add_worker(llama, model="tiny-chat")
    for words, options, param, jobs in [
        (20_000, {}, "messages", 0),
        (1, {"max_tokens": 2_049}, "max_tokens", 0),
        (1, {"max_completion_tokens": 2_049}, "max_completion_tokens", 0),
        (3_000, {}, "messages", 1),
    ]:
        messages = [{"role": "user", "content": "word " * words}]
        with pytest.raises(openai.BadRequestError) as raised:
            caller.client.chat.completions.create(model="tiny-chat", messages=messages, **options)
        check(raised.value, openai.BadRequestError, 400, "context_length_exceeded", param)
        assert raised.value.response.headers["x-decentral-credits-remaining"] == "10000"
        assert len(caller.client.get("/jobs", cast_to=dict)["data"]) == jobs


# --------------------------------------------------------------------------- retries


def test_the_sdk_waits_as_it_is_told_and_then_succeeds(
    network: Network, caller: Caller, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
):
    attempts = Attempts(caller, monkeypatch)
    upstream.script = lambda call: call.answer("here")
    attempts.on_wait = lambda: network.add_worker(upstream.url)

    assert attempts.ask().choices[0].message.content == "here"
    assert attempts.statuses == [503, 200]
    assert attempts.requests == ["0", "1"]
    refusal = httpx.post(
        f"{network.gateway.url}/v1/chat/completions",
        headers=caller.headers,
        json={"model": "tiny-chat", "messages": QUESTION},
    )
    assert attempts.waits == [int(refusal.headers["retry-after"])]
    assert refusal.headers["x-should-retry"] == "true"


def test_the_sdk_gives_up_where_another_try_cannot_help(
    network: Network, caller: Caller, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
):
    network.add_worker(upstream.url)
    upstream.script = lambda call: call.refuse(500, "out of order")
    poor = network.caller(credits=1)
    for who, options, status, tries in [
        (caller, {"temperature": 3}, 400, 1),
        (poor, {}, 402, 1),
        # Another worker may do better than the one that failed.
        (caller, {}, 502, 3),
    ]:
        attempts = Attempts(who, monkeypatch)
        with pytest.raises(openai.APIStatusError):
            attempts.ask(**options)
        assert attempts.statuses == [status] * tries


def test_an_idempotency_key_used_for_something_else_is_a_conflict_and_not_tried_again(
    network: Network, caller: Caller, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
):
    network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("once")
    attempts = Attempts(caller, monkeypatch)
    key = {"Idempotency-Key": "the-same"}
    assert attempts.ask(extra_headers=key).id == attempts.ask(extra_headers=key).id
    with pytest.raises(openai.ConflictError) as raised:
        attempts.ask(extra_headers=key, seed=1)
    check(raised.value, openai.ConflictError, 409, "idempotency_conflict", raised.value.param)
    assert attempts.statuses == [200, 200, 409]


def test_a_timeout_of_the_sdk_ends_the_job(network: Network, caller: Caller, upstream: ScriptedUpstream):
    network.add_worker(upstream.url)
    with pytest.raises(openai.APITimeoutError):
        caller.client.with_options(timeout=0.5).chat.completions.create(model="scripted", messages=QUESTION)
    assert upstream.next_call().worker_hung_up.wait(10), "the cancel must reach the backend"
    (row,) = network.gateway.rows("SELECT job_id FROM jobs")
    caller.wait_for_job(row["job_id"], "cancelled")


# --------------------------------------------------------------------------- streams that fail


def begun(client: OpenAI, upstream: ScriptedUpstream) -> tuple[Iterator, Call]:
    """A stream of which two words have been read, and the backend's side of it."""
    upstream.script = lambda call: (call.send("two", " words"), calls.append(call))
    calls: list[Call] = []
    stream = iter(client.chat.completions.create(model="scripted", messages=QUESTION, stream=True))
    assert [next(stream).choices[0].delta.content for _ in range(2)] == ["two", " words"]
    return stream, eventually(lambda: calls[0], "the backend has answered")


def test_a_backend_that_breaks_off_is_an_error_of_the_stream(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    network.add_worker(upstream.url)
    stream, call = begun(caller.client, upstream)
    call.break_off()
    with pytest.raises(openai.APIError) as raised:
        list(stream)
    assert (raised.value.code, raised.value.type) == ("worker_failed", "worker_error")
    assert raised.value.body["docs"].endswith("#worker_failed")
    assert caller.credits_remaining() == 10_000

    # The helper, which would tell an answer put together, raises as well.
    upstream.script = lambda call: (call.send("two", " words"), call.break_off())
    with (
        pytest.raises(openai.APIError),
        caller.client.chat.completions.stream(model="scripted", messages=QUESTION) as helped,
    ):
        helped.get_final_completion()


def test_a_worker_killed_in_a_stream_is_an_error_of_the_stream(empty_network: Network, upstream: ScriptedUpstream):
    empty_network.start_gateway(reconnect=1)
    worker = empty_network.add_worker(upstream.url)
    caller = empty_network.caller()
    stream, _ = begun(caller.client, upstream)
    worker.process.kill()
    with pytest.raises(openai.APIError) as raised:
        list(stream)
    assert raised.value.code == "worker_failed"
    assert caller.credits_remaining() == 10_000


def test_a_gateway_killed_in_a_stream_is_a_broken_connection(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    """The chunked encoding is cut without its last chunk: no client takes that for the end."""
    network.add_worker(upstream.url)
    stream, _ = begun(caller.client, upstream)
    network.gateway.process.kill()
    with pytest.raises(openai.APIConnectionError):
        list(stream)


def test_a_gateway_killed_in_a_plain_answer_is_a_broken_connection(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    network.add_worker(upstream.url)

    def script(call: Call) -> None:
        call.send("two", " words")
        network.gateway.process.kill()

    upstream.script = script
    with pytest.raises(openai.APIConnectionError):
        caller.client.chat.completions.create(model="scripted", messages=QUESTION)
