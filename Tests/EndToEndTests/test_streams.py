"""What a backend sends, down to its bytes, and what the caller gets of it."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness.asking import ask, stream
from harness.evidence import output_digest
from harness.gateway import Caller
from harness.network import Network
from harness.raw_caller import RawRequest
from harness.scripted_upstream import Call, ScriptedUpstream
from harness.worker import Worker

FAMILY = "👩‍👩‍👧‍👦"


@pytest.fixture
def worker(network: Network, upstream: ScriptedUpstream) -> Worker:
    return network.add_worker(upstream.url)


def check_digest(answer, caller: Caller, worker: Worker) -> None:
    caller.wait_for_job(answer.job_id, "settled")
    worker.wait_for_job(answer.job_id, "settled")
    assert worker.evidence(answer.job_id).receipt["output_sha256"] == output_digest(answer.choices)


@pytest.mark.parametrize("asking", [ask, stream])
def test_emoji_split_between_tokens_come_out_whole(
    network: Network, caller: Caller, upstream: ScriptedUpstream, worker: Worker, asking
):
    text = f'{network.output_word} {FAMILY} e\u0301 日本 \\ " \n \u2028 \x7f'
    upstream.script = lambda call: call.answer(*text)

    answer = asking(caller, network.prompt_word, model="scripted")

    assert answer.text == text
    check_digest(answer, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_bytes_that_arrive_one_by_one_are_one_answer(
    network: Network, caller: Caller, upstream: ScriptedUpstream, worker: Worker, asking
):
    def script(call: Call) -> None:
        event = call.encode({"choices": [{"index": 0, "delta": {"content": FAMILY + network.output_word}}]})
        for byte in event:
            call.send_bytes(bytes([byte]))
        call.finish(completion_tokens=9)

    upstream.script = script
    answer = asking(caller, "anything", model="scripted")

    assert answer.text == FAMILY + network.output_word
    check_digest(answer, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_half_a_surrogate_pair_becomes_a_replacement_character(
    caller: Caller, upstream: ScriptedUpstream, worker: Worker, asking
):
    """The two halves of an emoji as escapes in two chunks: no JSON text can carry one alone."""

    def script(call: Call) -> None:
        for half in (rb"\ud83d", rb"\ude00"):
            event = call.encode({"choices": [{"index": 0, "delta": {"content": "HALF"}}]})
            call.send_bytes(event.replace(b"HALF", half))
        call.finish(completion_tokens=2)

    upstream.script = script
    answer = asking(caller, "anything", model="scripted")

    assert answer.text == "\ufffd\ufffd"
    check_digest(answer, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_reasoning_and_tool_calls_are_signed_too(caller: Caller, upstream: ScriptedUpstream, worker: Worker, asking):
    def script(call: Call) -> None:
        call.send_delta({"role": "assistant", "reasoning_content": "Let me "})
        call.send_delta({"reasoning_content": "look."})
        call.send_delta(
            {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "look"}}]}
        )
        for piece in ('{"pla', 'ce":"Paris"}'):
            call.send_delta({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        call.finish("tool_calls", completion_tokens=9)

    upstream.script = script
    answer = asking(caller, "Where?", model="scripted")

    (choice,) = answer.choices
    assert choice["content"] is None
    assert choice["reasoning_content"] == "Let me look."
    assert choice["tool_calls"] == [{"arguments": '{"place":"Paris"}', "id": "call_1", "name": "look"}]
    assert choice["finish_reason"] == "tool_calls"
    check_digest(answer, caller, worker)


def test_the_first_token_is_delivered_while_the_second_is_made(
    network: Network, caller: Caller, upstream: ScriptedUpstream, worker: Worker
):
    raw = RawRequest(caller, question(stream=True), network.gateway.port)
    call = upstream.next_call()
    call.send("first")
    raw.read_until("first")
    call.send(" second")
    raw.read_until(" second")
    call.finish()
    assert raw.read_to_end().body.endswith("data: [DONE]\n\n")


def test_the_settlement_is_in_a_trailer_and_in_a_comment(
    network: Network, caller: Caller, upstream: ScriptedUpstream, worker: Worker
):
    upstream.script = lambda call: call.answer("one", " two")
    response = RawRequest(caller, question(stream=True), network.gateway.port).read_to_end()

    assert response.status == 200
    job = caller.job(response.headers["x-decentral-job-id"])
    settlement = job["on_chain"]["settlement_tx"]
    assert job["status"] == "settled"
    assert response.trailers["x-decentral-settlement-tx"] == settlement
    assert response.body.endswith(f": settlement_tx={settlement}\n\ndata: [DONE]\n\n")
    assert response.headers["x-decentral-tx-signature"] == job["on_chain"]["escrow_tx"]


def test_the_backend_gets_the_question_and_none_of_the_callers_identity(
    caller: Caller, upstream: ScriptedUpstream, worker: Worker
):
    upstream.script = lambda call: seen.append(call.body) or call.answer("yes")
    seen: list[dict] = []
    ask(
        caller,
        "Is it?",
        model="scripted",
        temperature=0.5,
        user="somebody",
        metadata={"a": "b"},
        max_tokens=77,
    )

    (body,) = seen
    assert body["messages"] == [{"role": "user", "content": "Is it?"}]
    assert body["temperature"] == 0.5
    assert body["stream"] is True
    assert body["stream_options"] == {"include_usage": True}
    assert 77 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    assert not {"user", "metadata", "store"} & body.keys()


def test_a_backend_that_counts_nothing_is_estimated(caller: Caller, upstream: ScriptedUpstream, worker: Worker):
    def script(call: Call) -> None:
        call.send("some words", " and more")
        call.finish(completion_tokens=None)

    upstream.script = script
    answer = ask(caller, "anything", model="scripted")

    caller.wait_for_job(answer.job_id, "settled")
    worker.wait_for_job(answer.job_id, "settled")
    receipt = worker.evidence(answer.job_id).receipt
    assert receipt["usage_source"] == "estimated"
    assert 0 < receipt["completion_tokens"] <= len("some words and more") + 16


def test_a_long_answer_costs_more_than_the_base(caller: Caller, upstream: ScriptedUpstream, worker: Worker):
    """Base 2, and 1 credit for each started thousand above 500 tokens (tier lite)."""

    def script(call: Call) -> None:
        call.send(*["word "] * 1_600)
        call.finish("length", completion_tokens=1_600)

    upstream.script = script
    answer = stream(caller, "anything", model="scripted", max_tokens=1_600)

    job = caller.wait_for_job(answer.job_id, "settled")
    assert job["credits_charged"] == 2 + 2
    check_digest(answer, caller, worker)


def test_many_callers_at_once_get_their_own_answers(caller: Caller, upstream: ScriptedUpstream, worker: Worker):
    upstream.script = lambda call: call.answer(call.body["messages"][0]["content"], " indeed")

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: stream(caller, f"number {number}", model="scripted"), range(64)))

    assert [answer.text for answer in answers] == [f"number {number} indeed" for number in range(64)]
    assert len({answer.job_id for answer in answers}) == 64
    for answer in answers:
        check_digest(answer, caller, worker)


def question(**options) -> dict:
    return {"model": "scripted", "messages": [{"role": "user", "content": "anything"}], **options}


def test_a_body_in_any_formatting_is_one_request(
    network: Network, caller: Caller, upstream: ScriptedUpstream, worker: Worker
):
    """The receipt covers the caller's bytes, not the JSON value."""
    import hashlib

    import httpx

    upstream.script = lambda call: call.answer("yes")
    body = json.dumps(question(), indent=3).encode()
    response = httpx.post(
        f"{network.gateway.url}/v1/chat/completions",
        headers=caller.headers | {"Content-Type": "application/json"},
        content=body,
        timeout=30,
    )
    assert response.status_code == 200, response.text
    job_id = response.headers["x-decentral-job-id"]
    worker.wait_for_job(job_id, "settled")
    assert worker.evidence(job_id).receipt["request_sha256"] == "sha256:" + hashlib.sha256(body).hexdigest()
