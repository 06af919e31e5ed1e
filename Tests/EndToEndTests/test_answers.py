"""Questions to a real llama.cpp through the whole network, asked with the official SDK."""

import json

import pytest
from harness.asking import Answer, ask, stream
from harness.evidence import output_digest
from harness.gateway import Caller
from harness.network import Network
from harness.places import MODELS
from harness.worker import Worker

EXPECTED = json.loads((MODELS / "tiny-chat.expected.json").read_text())


@pytest.fixture
def worker(network: Network, llama: str) -> Worker:
    return network.add_worker(llama, model="tiny-chat")


def check_evidence(answer: Answer, caller: Caller, worker: Worker) -> None:
    """What caller, gateway and worker hold about one job is one story."""
    job = caller.wait_for_job(answer.job_id, "settled")
    row = worker.wait_for_job(answer.job_id, "settled")
    evidence = worker.evidence(answer.job_id)
    assert evidence.receipt["output_sha256"] == output_digest(answer.choices)
    assert evidence.receipt["finish_reasons"] == [choice["finish_reason"] for choice in answer.choices]
    assert job["on_chain"]["proof_hash"] == row["proof_hash"] == evidence.proof_hash == answer.decentral["proof_hash"]
    assert job["credits_charged"] == row["credits"] == answer.decentral["credits_charged"]
    assert job["worker_address"] == answer.decentral["worker"] == worker.address
    assert job["usage"]["completion_tokens"] == row["completion_tokens"] == evidence.receipt["completion_tokens"]


def test_a_plain_answer_is_the_models_and_says_what_it_cost(network: Network, caller: Caller, worker: Worker):
    answer = ask(caller, "What is the capital of France?", model="tiny-chat", temperature=0, user=network.prompt_word)

    assert "Paris" in answer.text
    assert answer.usage.completion_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.decentral["job_id"] == answer.job_id
    assert answer.decentral["credits_charged"] == 2
    assert answer.headers["x-decentral-worker"] == worker.address
    assert int(answer.headers["x-decentral-credits-remaining"]) == 9_998
    job = caller.job(answer.job_id)
    assert job["on_chain"]["network"] == "ledger"
    assert job["on_chain"]["escrow_tx"] == answer.headers["x-decentral-tx-signature"]
    assert job["on_chain"]["settlement_tx"] == answer.headers["x-decentral-settlement-tx"]
    check_evidence(answer, caller, worker)


def test_a_streamed_answer_is_the_same_text_in_pieces(network: Network, caller: Caller, worker: Worker):
    question = "What is a worker node?"
    plain = ask(caller, question, model="tiny-chat", temperature=0, seed=1)
    streamed = stream(
        caller, question, model="tiny-chat", temperature=0, seed=1, stream_options={"include_usage": True}
    )

    assert streamed.text == plain.text
    assert len(streamed.chunks) > 5
    assert streamed.chunks[0].choices[0].delta.role == "assistant"
    assert streamed.usage.completion_tokens == plain.usage.completion_tokens
    assert all(chunk.id == f"chatcmpl-{streamed.job_id.removeprefix('job_')}" for chunk in streamed.chunks)
    check_evidence(plain, caller, worker)
    check_evidence(streamed, caller, worker)


def test_a_stream_that_did_not_ask_for_usage_gets_the_network_object_alone(caller: Caller, worker: Worker):
    answer = stream(caller, "ping", model="tiny-chat", temperature=0)

    assert answer.usage is None
    assert answer.chunks[-1].choices == []
    assert answer.decentral["job_id"] == answer.job_id
    check_evidence(answer, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_a_stop_word_ends_the_answer_before_it(caller: Caller, worker: Worker, asking):
    answer = asking(caller, "What is the capital of France?", model="tiny-chat", temperature=0, stop=[" is"])

    assert answer.text == "The capital of France"
    assert answer.choices[0]["finish_reason"] == "stop"
    check_evidence(answer, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_the_token_limit_cuts_the_answer(caller: Caller, worker: Worker, asking):
    answer = asking(caller, "What is a worker node?", model="tiny-chat", temperature=0, max_tokens=4)

    assert answer.choices[0]["finish_reason"] == "length"
    job = caller.wait_for_job(answer.job_id, "settled")
    assert job["usage"]["completion_tokens"] == 4
    check_evidence(answer, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_several_choices_are_answered_counted_and_signed_together(caller: Caller, worker: Worker, asking):
    answer = asking(caller, "What is a gateway?", model="tiny-chat", temperature=0, n=3)

    assert sorted(choice["index"] for choice in answer.choices) == [0, 1, 2]
    assert all(choice["content"] for choice in answer.choices)
    assert answer.decentral["credits_charged"] == 3 * 2
    check_evidence(answer, caller, worker)


def test_a_conversation_remembers_its_earlier_turns(caller: Caller, worker: Worker):
    messages = [{"role": "user", "content": "My name is Anna."}]
    first = ask(caller, messages, model="tiny-chat", temperature=0)
    messages += [
        {"role": "assistant", "content": first.text},
        {"role": "user", "content": "What is my name?"},
    ]
    second = stream(caller, messages, model="tiny-chat", temperature=0)

    assert "Anna" in second.text
    check_evidence(first, caller, worker)
    check_evidence(second, caller, worker)


@pytest.mark.parametrize("asking", [ask, stream])
def test_text_outside_ascii_survives_both_ways(caller: Caller, worker: Worker, asking):
    answer = asking(caller, "Repeat: naïve façade, 日本語, 👩‍👩‍👧 😀", model="tiny-chat", temperature=0, max_tokens=40)

    assert answer.text
    check_evidence(answer, caller, worker)


def test_the_answers_are_those_of_the_model_asked_directly(caller: Caller, worker: Worker, llama: str):
    """The network changes nothing: the same questions to llama.cpp itself have the same answers."""
    from openai import OpenAI

    direct = OpenAI(base_url=llama, api_key="none", max_retries=0)
    for case in EXPECTED[:8]:
        request = case["request"]
        own = direct.chat.completions.create(**request, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in own if chunk.choices)
        options = {name: value for name, value in request.items() if name not in ("model", "messages")}
        assert ask(caller, request["messages"], model="tiny-chat", **options).text == text
