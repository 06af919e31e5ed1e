"""`POST /v1/responses` with the official SDK: its own models read every object, and receipts hold what it saw."""

import asyncio
import json

import openai
import pytest
from harness.evidence import output_digest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import Call, ScriptedUpstream
from harness.worker import Worker
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

QUESTION = "What is the capital of France?"
ANSWER = "The capital of France is Paris."
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "Get the weather in a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class City(BaseModel):
    """What structured output is asked for."""

    name: str
    population: int


@pytest.fixture
def worker(network: Network, llama: str) -> Worker:
    """A worker with a real llama.cpp."""
    return network.add_worker(llama, model="tiny-chat")


@pytest.fixture
def scripted(network: Network, upstream: ScriptedUpstream) -> Worker:
    """A worker whose backend the test plays."""
    return network.add_worker(upstream.url)


def choice_of(response: Response, finish_reason: str) -> dict:
    """The choice that the items of a response are made of, as a receipt's digest has it."""
    texts = {"content": "", "reasoning_content": "", "refusal": ""}
    calls = []
    for item in response.output:
        if item.type == "function_call":
            calls.append({"arguments": item.arguments, "id": item.call_id, "name": item.name})
        elif item.type == "reasoning":
            texts["reasoning_content"] += "".join(part.text for part in item.content)
        else:
            for part in item.content:
                if part.type == "output_text":
                    texts["content"] += part.text
                else:
                    texts["refusal"] += part.refusal
    choice = {"index": 0, "finish_reason": finish_reason, "content": texts["content"] or None}
    choice |= {key: text for key, text in texts.items() if key != "content" and text}
    return choice | ({"tool_calls": calls} if calls else {})


def check_evidence(response: Response, caller: Caller, worker: Worker, finish_reason: str = "stop") -> None:
    """What caller, gateway and worker hold about one job is one story."""
    decentral = response.model_extra["decentral"]
    job = caller.wait_for_job(decentral["job_id"], "settled")
    worker.wait_for_job(job["id"], "settled")
    evidence = worker.evidence(job["id"])
    assert response.id == "resp_" + job["id"].removeprefix("job_")
    assert evidence.receipt["output_sha256"] == output_digest([choice_of(response, finish_reason)])
    assert job["on_chain"]["proof_hash"] == evidence.proof_hash == decentral["proof_hash"]
    assert job["credits_charged"] == decentral["credits_charged"] > 0
    assert job["worker_address"] == decentral["worker"] == worker.address
    assert job["usage"]["completion_tokens"] == response.usage.output_tokens


def test_a_plain_response_is_what_the_sdks_models_demand(network: Network, caller: Caller, worker: Worker):
    raw = caller.client.responses.with_raw_response.create(
        model="tiny-chat",
        input=QUESTION,
        temperature=0,
        max_output_tokens=100,
        metadata={"a": "b"},
        user=network.prompt_word,
    )
    response = raw.parse()

    assert response.output_text == ANSWER
    assert (response.status, response.object, response.model) == ("completed", "response", "tiny-chat")
    assert (response.metadata, response.max_output_tokens, response.store) == ({"a": "b"}, 100, False)
    assert raw.headers["x-decentral-job-id"] == response.model_extra["decentral"]["job_id"]
    assert raw.headers["x-decentral-settlement-tx"] and raw.headers["x-decentral-tx-signature"]
    assert Response.model_validate(json.loads(raw.text)).output_text == ANSWER
    check_evidence(response, caller, worker)


def test_a_stream_of_typed_events_ends_with_the_whole(caller: Caller, worker: Worker):
    with caller.client.responses.with_streaming_response.create(
        model="tiny-chat", input=QUESTION, instructions="Answer.", temperature=0, stream=True
    ) as raw:
        lines = list(raw.iter_lines())

    assert lines[-2].startswith(": settlement_tx=")
    named = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert named == [event["type"] for event in data]
    assert [event["sequence_number"] for event in data] == list(range(len(data)))
    events = [TypeAdapter(ResponseStreamEvent).validate_python(event) for event in data]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert len(deltas) > 3
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == "".join(deltas)
    check_evidence(events[-1].response, caller, worker)


def test_the_stream_helper_and_the_asynchronous_client_read_it(caller: Caller, worker: Worker):
    with caller.client.responses.stream(model="tiny-chat", input=QUESTION, temperature=0) as stream:
        kinds = [event.type for event in stream]
        response = stream.get_final_response()
    assert kinds.count("response.output_text.delta") > 3 and kinds[-1] == "response.completed"
    assert response.output_text == ANSWER

    async def ask_both() -> list[str]:
        async with AsyncOpenAI(base_url=caller.client.base_url, api_key=caller.key, max_retries=0) as client:
            plain = await client.responses.create(model="tiny-chat", input=QUESTION, temperature=0)
            async with client.responses.stream(model="tiny-chat", input=QUESTION, temperature=0) as stream:
                return [plain.output_text, (await stream.get_final_response()).output_text]

    assert asyncio.run(ask_both()) == [ANSWER, ANSWER]


def test_structured_output_and_probabilities_come_in_their_types(caller: Caller, worker: Worker):
    """What a model of a million parameters says is nonsense, and of the right shape."""
    client = caller.client
    plain = client.responses.parse(model="tiny-chat", input=QUESTION, text_format=City, temperature=0)
    assert isinstance(plain.output_parsed, City)
    with client.responses.stream(model="tiny-chat", input=QUESTION, text_format=City, temperature=0) as stream:
        assert stream.get_final_response().output_parsed == plain.output_parsed

    asked = {"include": ["message.output_text.logprobs"], "top_logprobs": 2, "temperature": 0}
    response = client.responses.create(model="tiny-chat", input=QUESTION, **asked)
    with client.responses.stream(model="tiny-chat", input=QUESTION, **asked) as stream:
        streamed = stream.get_final_response()
    for answer in (response, streamed):
        tokens = Response.model_validate(answer.to_dict()).output[0].content[0].logprobs
        assert bytes(byte for token in tokens for byte in token.bytes).decode().startswith(ANSWER)
        assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens)


def test_a_function_is_called_answered_and_the_answer_used(caller: Caller, worker: Worker):
    conversation: list = [{"role": "user", "content": "What is the weather in Oslo?"}]
    asked = {"model": "tiny-chat", "tools": [WEATHER], "temperature": 0}
    first = caller.client.responses.create(input=conversation, **asked)
    (call,) = first.output
    assert (call.type, call.name, call.arguments) == ("function_call", "get_weather", '{"city": "Oslo"}')

    # As programs do: the SDK's own items go back, as they came.
    conversation += [*first.output, {"type": "function_call_output", "call_id": call.call_id, "output": "rainy"}]
    second = caller.client.responses.create(input=conversation, **asked)
    assert second.output_text == "It is rainy in Oslo."
    conversation += [*second.output, {"role": "user", "content": "ping"}]
    assert caller.client.responses.create(input=conversation, **asked).status == "completed"
    check_evidence(first, caller, worker, "tool_calls")


def test_reasoning_and_calls_that_a_backend_streams_are_items(
    caller: Caller, scripted: Worker, upstream: ScriptedUpstream
):
    seen = []

    def script(call: Call) -> None:
        seen.append(call.body)
        call.send_delta({"reasoning_content": "Let me "})
        call.send_delta({"reasoning_content": "look."})
        call.send("One ", "moment.")
        for index, city in enumerate(("Paris", "Oslo")):
            function = {"name": "get_weather", "arguments": ""}
            piece = {"index": index, "id": f"call_{index}", "type": "function", "function": function}
            call.send_delta({"tool_calls": [piece]})
            for text in ('{"city": "', city, '"}'):
                call.send_delta({"tool_calls": [{"index": index, "function": {"arguments": text}}]})
        call.finish("tool_calls")

    upstream.script = script
    asked = {"model": "scripted", "input": QUESTION, "instructions": "Be brief.", "tools": [WEATHER]}
    with caller.client.responses.stream(**asked) as stream:
        streamed = stream.get_final_response()
    plain = caller.client.responses.parse(**asked)

    for response in (streamed, plain):
        assert [item.type for item in response.output] == ["reasoning", "message", "function_call", "function_call"]
        assert response.output_text == "One moment."
        assert response.output[2].parsed_arguments == {"city": "Paris"}
        check_evidence(response, caller, scripted, "tool_calls")
    assert seen[0] == seen[1]
    assert seen[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": QUESTION},
    ]
    assert seen[0]["tools"][0]["function"]["name"] == "get_weather"
    assert "input" not in seen[0] and "instructions" not in seen[0]


def test_an_answer_that_was_cut_is_incomplete(caller: Caller, scripted: Worker, upstream: ScriptedUpstream):
    def script(call: Call) -> None:
        call.send("The capital")
        call.finish("length")

    upstream.script = script
    plain = caller.client.responses.create(model="scripted", input=QUESTION)
    *_, last = caller.client.responses.create(model="scripted", input=QUESTION, stream=True)

    assert last.type == "response.incomplete"
    for response in (plain, last.response):
        assert (response.status, response.incomplete_details.reason) == ("incomplete", "max_output_tokens")
        assert response.output_text == "The capital"
        check_evidence(response, caller, scripted, "length")


def test_a_stream_that_fails_is_an_error_and_costs_nothing(
    caller: Caller, scripted: Worker, upstream: ScriptedUpstream
):
    def script(call: Call) -> None:
        call.send("The capital")
        call.break_off()

    upstream.script = script
    raw = caller.client.responses.with_raw_response.create(model="scripted", input=QUESTION, stream=True)
    kinds = []
    with pytest.raises(openai.APIError) as raised:
        for event in raw.parse():
            kinds.append(event.type)
    assert kinds[-1] == "response.output_text.delta"
    assert raised.value.code == "worker_failed"
    caller.wait_for_job(raw.headers["x-decentral-job-id"], "failed")
    with (
        pytest.raises(openai.APIError),
        caller.client.responses.stream(model="scripted", input=QUESTION) as stream,
    ):
        stream.get_final_response()
    assert caller.credits_remaining() == 10_000


def test_errors_have_their_classes_and_the_kinds_parameters(network: Network, caller: Caller, llama: str):
    network.add_worker(llama, model="tiny-chat", model_settings="features = []\n")
    client: OpenAI = caller.client
    asked = {"model": "tiny-chat", "input": QUESTION}
    refusals = [
        ({"previous_response_id": "resp_1"}, "unsupported_feature", "previous_response_id"),
        ({"store": True}, "invalid_parameter", "store"),
        ({"temperature": 3}, "invalid_parameter", "temperature"),
        ({"tools": [{"type": "web_search"}]}, "unsupported_feature", "tools.[0].type"),
        ({"extra_body": {"cache_prompt": True}}, "unknown_parameter", "cache_prompt"),
        # What no worker of the model can do is told in the words of this route.
        ({"text": {"format": {"type": "json_object"}}}, "unsupported_feature", "text.format"),
        ({"include": ["message.output_text.logprobs"]}, "unsupported_feature", "include"),
    ]
    for members, code, param in refusals:
        with pytest.raises(openai.BadRequestError) as refused:
            client.responses.create(**asked | members)
        assert (refused.value.code, refused.value.param) == (code, param)
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="gpt-9", input=QUESTION)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="dcntrl_live_none").responses.create(**asked)
    assert caller.credits_remaining() == 10_000


def test_langchain_asks_and_streams_by_responses(caller: Caller, worker: Worker):
    url = str(caller.client.base_url)
    model = ChatOpenAI(model="tiny-chat", temperature=0, base_url=url, api_key=caller.key, use_responses_api=True)
    answer = model.invoke(QUESTION)
    assert answer.text == ANSWER
    assert answer.usage_metadata["output_tokens"] > 0
    assert "".join(chunk.text for chunk in model.stream(QUESTION)) == ANSWER
