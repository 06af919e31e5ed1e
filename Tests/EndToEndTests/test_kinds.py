"""The routes beside chat completions, on a real llama.cpp, asked with the official SDK."""

import openai
import pytest
from harness.asking import complete
from harness.evidence import output_digest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.worker import Worker


@pytest.fixture
def worker(network: Network, llama: str) -> Worker:
    return network.add_worker(llama, model="tiny-chat")


@pytest.mark.parametrize("stream", [False, True])
def test_a_completion_is_a_job_with_its_evidence(network: Network, caller: Caller, worker: Worker, stream: bool):
    options = {"temperature": 0, "logprobs": 2, "user": network.prompt_word}
    if stream:
        options |= {"stream": True, "stream_options": {"include_usage": True}}
    answer = complete(caller, "The capital of France", model="tiny-chat", **options)

    (choice,) = answer.choices
    assert choice["content"]
    assert choice["finish_reason"] in ("length", "stop")
    assert answer.usage.completion_tokens <= 16, "OpenAI's own limit where none is given"
    assert all(chunk.object == "text_completion" for chunk in answer.chunks)
    assert all(chunk.id == f"cmpl-{answer.job_id.removeprefix('job_')}" for chunk in answer.chunks)
    pieces = [own.logprobs for chunk in answer.chunks for own in chunk.choices if own.logprobs]
    assert "".join(token for own in pieces for token in own.tokens) == choice["content"]
    assert all(len(likely) <= 2 for own in pieces for likely in own.top_logprobs)

    worker.wait_for_job(answer.job_id, "settled")
    evidence = worker.evidence(answer.job_id)
    assert evidence.receipt["output_sha256"] == output_digest(answer.choices)
    assert evidence.receipt["completion_tokens"] == answer.usage.completion_tokens
    assert evidence.receipt["usage_source"] == "backend"
    assert evidence.proof_hash == answer.decentral["proof_hash"]


def test_several_prompts_are_choices_of_one_job(caller: Caller, worker: Worker):
    answer = complete(caller, ["The capital", "A gateway"], model="tiny-chat", temperature=0, n=2, max_tokens=3)

    assert [choice["index"] for choice in answer.choices] == [0, 1, 2, 3]
    assert answer.choices[0]["content"] == answer.choices[1]["content"]
    assert answer.choices[2]["content"] == answer.choices[3]["content"]
    assert answer.decentral["credits_charged"] == 4 * 2
    worker.wait_for_job(answer.job_id, "settled")
    receipt = worker.evidence(answer.job_id).receipt
    assert receipt["output_sha256"] == output_digest(answer.choices)
    assert receipt["completion_tokens"] == answer.usage.completion_tokens == 4 * 3


def test_what_the_backend_does_not_serve_is_the_callers_400(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    upstream.script = lambda call: call.refuse(404, "no such path")
    network.add_worker(upstream.url)

    with pytest.raises(openai.BadRequestError) as refused:
        complete(caller, "anything", model="scripted")
    assert refused.value.code == "unsupported_feature"
    assert caller.credits_remaining() == 10_000
