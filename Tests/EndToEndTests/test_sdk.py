"""Everything that programs do with the official Python SDK, against the network as against OpenAI."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import Call, ScriptedUpstream
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
ANSWER = "The capital of France is Paris."
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}


class City(BaseModel):
    """What structured output is asked for."""

    name: str
    population: int


@pytest.fixture
def client(network: Network, caller: Caller, llama: str) -> OpenAI:
    """The SDK, and a worker with a real llama.cpp."""
    network.add_worker(llama, model="tiny-chat")
    return caller.client


@pytest.fixture
def scripted(network: Network, caller: Caller, upstream: ScriptedUpstream) -> OpenAI:
    """The SDK, and a worker whose backend the test plays."""
    network.add_worker(upstream.url)
    return caller.client


def asynchronous(client: OpenAI) -> AsyncOpenAI:
    return AsyncOpenAI(base_url=client.base_url, api_key=client.api_key, max_retries=0, timeout=60)


# --------------------------------------------------------------------------- ways to ask


def test_the_asynchronous_client_asks_and_streams_many_at_once(client: OpenAI):
    async def ask_all() -> list[str]:
        async with asynchronous(client) as own:

            async def plain() -> str:
                completion = await own.chat.completions.create(model="tiny-chat", messages=QUESTION, temperature=0)
                return completion.choices[0].message.content or ""

            async def streamed() -> str:
                chunks = await own.chat.completions.create(
                    model="tiny-chat", messages=QUESTION, temperature=0, stream=True
                )
                return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices])

            async def helped() -> str:
                async with own.chat.completions.stream(model="tiny-chat", messages=QUESTION, temperature=0) as stream:
                    async for _ in stream:
                        pass
                    return (await stream.get_final_completion()).choices[0].message.content or ""

            return await asyncio.gather(plain(), streamed(), helped(), plain(), streamed(), helped())

    assert asyncio.run(ask_all()) == [ANSWER] * 6


def test_the_stream_helper_tells_events_and_the_whole(client: OpenAI):
    with client.chat.completions.stream(
        model="tiny-chat", messages=QUESTION, temperature=0, stream_options={"include_usage": True}
    ) as stream:
        events = list(stream)
        completion = stream.get_final_completion()

    kinds = [event.type for event in events]
    assert kinds.count("content.delta") > 3
    assert kinds.count("content.done") == 1
    assert "".join(event.delta for event in events if event.type == "content.delta") == ANSWER
    assert completion.choices[0].message.content == ANSWER
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion.model == "tiny-chat"


def test_raw_and_streaming_responses_show_the_headers(client: OpenAI):
    own_id = {"x-request-id": "my-own-request"}
    raw = client.chat.completions.with_raw_response.create(
        model="tiny-chat", messages=QUESTION, temperature=0, extra_headers=own_id
    )
    assert raw.headers["x-request-id"] == raw.request_id == "my-own-request"
    assert raw.parse()._request_id == "my-own-request"
    job_id = raw.headers["x-decentral-job-id"]
    assert raw.parse().model_extra["decentral"]["job_id"] == job_id
    assert raw.headers["x-decentral-settlement-tx"] and raw.headers["x-decentral-tx-signature"]

    with client.chat.completions.with_streaming_response.create(
        model="tiny-chat", messages=QUESTION, temperature=0, stream=True
    ) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["x-decentral-job-id"].startswith("job_")
        lines = list(response.iter_lines())
    assert lines[-2] == "data: [DONE]"


def test_structured_output_is_parsed_into_its_type(client: OpenAI):
    """What a model of a million parameters says is nonsense, and of the right shape."""
    completion = client.chat.completions.parse(
        model="tiny-chat", messages=QUESTION, response_format=City, temperature=0
    )
    assert isinstance(completion.choices[0].message.parsed, City)
    with client.chat.completions.stream(
        model="tiny-chat", messages=QUESTION, response_format=City, temperature=0
    ) as stream:
        streamed = stream.get_final_completion()
    assert streamed.choices[0].message.parsed == completion.choices[0].message.parsed


def test_a_tool_is_called_answered_and_the_answer_used(client: OpenAI):
    messages: list = [{"role": "user", "content": "What is the weather in Oslo?"}]
    first = client.chat.completions.create(model="tiny-chat", messages=messages, tools=[WEATHER], temperature=0)
    (choice,) = first.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    (call,) = choice.message.tool_calls
    assert (call.type, call.function.name, call.function.arguments) == ("function", "get_weather", '{"city": "Oslo"}')

    # As programs do: the SDK's own message object goes back, with its nulls.
    messages += [choice.message, {"role": "tool", "tool_call_id": call.id, "content": "rainy"}]
    second = client.chat.completions.create(model="tiny-chat", messages=messages, tools=[WEATHER], temperature=0)
    assert second.choices[0].message.content == "It is rainy in Oslo."


def test_several_choices_logprobs_and_stop_have_openais_shape(client: OpenAI):
    completion = client.chat.completions.create(
        model="tiny-chat", messages=QUESTION, temperature=0, n=2, logprobs=True, top_logprobs=2, stop=" is"
    )
    assert [choice.index for choice in completion.choices] == [0, 1]
    for choice in completion.choices:
        assert choice.message.content == "The capital of France"
        tokens = choice.logprobs.content
        assert "".join(token.token for token in tokens).startswith("The capital")
        assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens)

    with client.chat.completions.stream(
        model="tiny-chat", messages=QUESTION, temperature=0, logprobs=True, n=2
    ) as stream:
        list(stream)
        whole = stream.get_final_completion()
    assert [choice.message.content for choice in whole.choices] == [ANSWER] * 2
    assert all(choice.logprobs.content for choice in whole.choices)


def test_models_are_listed_and_retrieved(client: OpenAI):
    (model,) = client.models.list()
    assert (model.id, model.object, model.owned_by) == ("tiny-chat", "model", "tests")
    assert client.models.retrieve("tiny-chat") == model
    assert model.model_extra["decentral"]["active_workers"] == 1


# The table of the network's public reference, "Models".
LAUNCH_MODELS = {
    "llama-3.3-70b": ("meta", "70B", 128_000, "max", 40, 20),
    "deepseek-r1": ("deepseek", "70B", 128_000, "max", 40, 20),
    "llama-3.2-27b": ("meta", "27B", 128_000, "pro", 18, 9),
    "qwen3-14b": ("qwen", "14B", 32_768, "pro", 18, 9),
    "qwen3-8b": ("qwen", "8B", 32_768, "standard", 8, 4),
    "mistral-7b": ("mistralai", "7B", 32_768, "standard", 8, 4),
    "llama-3.2-3b": ("meta", "3B", 128_000, "lite", 2, 1),
    "qwen3-1.7b": ("qwen", "1.7B", 32_768, "lite", 2, 1),
}


def test_the_launch_models_are_those_of_the_reference(caller: Caller):
    assert list(caller.client.models.list()) == []
    for model_id, (owner, parameters, window, tier, base, price) in LAUNCH_MODELS.items():
        model = caller.client.models.retrieve(model_id)
        assert (model.id, model.object, model.created, model.owned_by) == (model_id, "model", 1_750_000_000, owner)
        assert (
            model.model_extra["decentral"].items()
            >= {
                "tier": tier,
                "credits_per_request": base,
                "credits_per_1k_tokens": price,
                "active_workers": 0,
                "median_latency_ms": None,
                "parameters": parameters,
                "context_window": window,
            }.items()
        )


# --------------------------------------------------------------------------- what a backend may send


def test_streamed_fragments_of_tool_calls_are_put_together(scripted: OpenAI, upstream: ScriptedUpstream):
    def script(call: Call) -> None:
        call.send_delta({"role": "assistant", "content": None})
        for index, city in enumerate(("Paris", "Oslo")):
            function = {"name": "get_weather", "arguments": ""}
            piece = {"index": index, "id": f"call_{index}", "type": "function", "function": function}
            call.send_delta({"tool_calls": [piece]})
            for text in ('{"ci', 'ty": "', city, '"}'):
                call.send_delta({"tool_calls": [{"index": index, "function": {"arguments": text}}]})
        call.finish("tool_calls")

    upstream.script = script
    with scripted.chat.completions.stream(model="scripted", messages=QUESTION, tools=[WEATHER]) as stream:
        kinds = [event.type for event in stream]
        message = stream.get_final_completion().choices[0].message

    assert kinds.count("tool_calls.function.arguments.delta") == 2 * 5
    assert kinds.count("tool_calls.function.arguments.done") == 2
    assert [(call.id, call.function.parsed_arguments) for call in message.tool_calls] == [
        ("call_0", {"city": "Paris"}),
        ("call_1", {"city": "Oslo"}),
    ]

    # The helper's message goes back as it is, with what the SDK put into it.
    upstream.script = lambda call: call.answer("It rains in both.")
    answers = [{"role": "tool", "tool_call_id": call.id, "content": "rainy"} for call in message.tool_calls]
    last = scripted.chat.completions.create(model="scripted", messages=[*QUESTION, message, *answers], tools=[WEATHER])
    assert last.choices[0].message.content == "It rains in both."


def test_an_answer_cut_by_its_limit_is_not_parsed(scripted: OpenAI, upstream: ScriptedUpstream):
    def script(call: Call) -> None:
        call.send('{"name": "Pa')
        call.finish("length")

    upstream.script = script
    with pytest.raises(openai.LengthFinishReasonError):
        scripted.chat.completions.parse(model="scripted", messages=QUESTION, response_format=City)


def test_a_structured_answer_of_a_backend_becomes_an_object(scripted: OpenAI, upstream: ScriptedUpstream):
    seen = []

    def script(call: Call) -> None:
        seen.append(call.body)
        call.answer('{"name": "Par', 'is", "population": 2100000}')

    upstream.script = script
    completion = scripted.chat.completions.parse(model="scripted", messages=QUESTION, response_format=City)
    assert completion.choices[0].message.parsed == City(name="Paris", population=2_100_000)
    with scripted.chat.completions.stream(model="scripted", messages=QUESTION, response_format=City) as stream:
        assert stream.get_final_completion().choices[0].message.parsed.name == "Paris"
    assert [body["response_format"]["json_schema"]["name"] for body in seen] == ["City", "City"]


def test_a_refusal_and_letters_split_between_tokens_arrive_whole(scripted: OpenAI, upstream: ScriptedUpstream):
    family = "👩‍👩‍👧‍👦 é"

    def script(call: Call) -> None:
        for character in family:
            call.send_delta({"content": character})
        call.send_delta({"refusal": "No."})
        call.finish()

    upstream.script = script
    message = scripted.chat.completions.create(model="scripted", messages=QUESTION).choices[0].message
    assert (message.content, message.refusal) == (family, "No.")
    with scripted.chat.completions.stream(model="scripted", messages=QUESTION) as stream:
        message = stream.get_final_completion().choices[0].message
    assert (message.content, message.refusal) == (family, "No.")


def test_closing_a_stream_ends_its_job(scripted: OpenAI, caller: Caller, upstream: ScriptedUpstream):
    with ThreadPoolExecutor(1) as pool:
        opened = pool.submit(
            scripted.chat.completions.with_raw_response.create, model="scripted", messages=QUESTION, stream=True
        )
        call = upstream.next_call()
        call.send("one", " two")
        raw = opened.result()
        stream = raw.parse()
        assert next(iter(stream)).choices[0].delta.content == "one"
        stream.close()
    assert call.worker_hung_up.wait(10), "the cancel must reach the backend"
    job = caller.wait_for_job(raw.headers["x-decentral-job-id"], "settled")
    assert job["cancelled_at"]
