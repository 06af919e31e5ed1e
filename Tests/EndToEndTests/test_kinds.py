"""The routes beside chat completions, on a real llama.cpp, asked with the official SDK."""

import base64
import struct

import openai
import pytest
from harness.asking import complete
from harness.evidence import output_digest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.worker import Worker

VECTORS = 'features = ["embeddings"]\n'


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


@pytest.mark.parametrize("encoding", ["float", "base64", openai.NOT_GIVEN])
def test_embeddings_are_a_job_with_its_evidence(network: Network, caller: Caller, embedder: str, encoding):
    worker = network.add_worker(embedder, model="tiny-chat", model_settings=VECTORS)
    texts = ["a worker", network.prompt_word]
    raw = caller.client.embeddings.with_raw_response.create(
        model="tiny-chat", input=texts, encoding_format=encoding, user="u"
    )
    answer = raw.parse()
    direct = openai.OpenAI(base_url=embedder, api_key="none").embeddings.create(model="tiny-chat", input=texts)

    vectors = [vector_bytes(entry.embedding) for entry in answer.data]
    assert [entry.index for entry in answer.data] == [0, 1]
    assert vectors == [vector_bytes(entry.embedding) for entry in direct.data]
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == direct.usage.prompt_tokens
    assert answer.model_extra["decentral"]["credits_charged"] == 2

    job_id = raw.headers["x-decentral-job-id"]
    row = worker.wait_for_job(job_id, "settled")
    evidence = worker.evidence(job_id)
    assert evidence.receipt["output_sha256"] == output_digest(
        [{"embedding": base64.b64encode(own).decode(), "index": index} for index, own in enumerate(vectors)]
    )
    assert evidence.receipt["finish_reasons"] == []
    assert evidence.receipt["prompt_tokens"] == row["prompt_tokens"] == answer.usage.prompt_tokens
    assert evidence.receipt["completion_tokens"] == 0
    bound = sum(len(text.encode()) + 8 for text in texts)
    assert evidence.offer["max_prompt_tokens"] == bound
    assert "max_output_tokens" not in evidence.offer
    assert evidence.proof_hash == answer.model_extra["decentral"]["proof_hash"]


def test_embeddings_are_paid_by_the_tokens_of_their_input(network: Network, caller: Caller, embedder: str):
    worker = network.add_worker(embedder, model="tiny-chat", model_settings=VECTORS)
    answer = caller.client.embeddings.create(model="tiny-chat", input=[[1, 2, 3] * 100] * 8)

    assert answer.usage.prompt_tokens == 2_400
    assert answer.model_extra["decentral"]["credits_charged"] == 2 + 2
    job_id = answer.model_extra["decentral"]["job_id"]
    worker.wait_for_job(job_id, "settled")
    evidence = worker.evidence(job_id)
    # 2,464 tokens at most: 2 and 1.964 credits, rounded up.
    assert evidence.offer["credits_locked"] == 4
    assert evidence.statement["credits_charged"] == 4
    assert caller.credits_remaining() == 9_996


def test_a_model_whose_workers_make_no_vectors_says_so(caller: Caller, worker: Worker):
    with pytest.raises(openai.BadRequestError) as refused:
        caller.client.embeddings.create(model="tiny-chat", input="anything")
    assert refused.value.code == "unsupported_feature"
    assert worker.get("/v1/status")["models"][0]["features"] == [
        "completions",
        "logprobs",
        "structured_output",
        "tools",
    ]


def vector_bytes(values: list[float] | str) -> bytes:
    """Little-endian float32 values; the SDK leaves base64 as it is where a caller asked for it."""
    return base64.b64decode(values) if isinstance(values, str) else struct.pack(f"<{len(values)}f", *values)


def test_what_the_backend_does_not_serve_is_the_callers_400(
    network: Network, caller: Caller, upstream: ScriptedUpstream
):
    upstream.script = lambda call: call.refuse(404, "no such path")
    network.add_worker(upstream.url)

    with pytest.raises(openai.BadRequestError) as refused:
        complete(caller, "anything", model="scripted")
    assert refused.value.code == "unsupported_feature"
    assert caller.credits_remaining() == 10_000
