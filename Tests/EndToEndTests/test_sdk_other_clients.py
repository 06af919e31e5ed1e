"""The network through clients that put their own layers over OpenAI's API: LangChain and LiteLLM."""

import asyncio
import os

import openai
import pytest
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import Call, ScriptedUpstream
from pydantic import BaseModel

# Before LiteLLM is imported: it would fetch its list of prices.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langchain_openai import OpenAI as CompletionsOpenAI

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:litellm")

QUESTION = "What is the capital of France?"
MESSAGES = [{"role": "user", "content": QUESTION}]
ANSWER = "The capital of France is Paris."


class City(BaseModel):
    """A city."""

    name: str
    population: int


@tool
def get_weather(city: str) -> str:
    """Get the weather in a city"""
    return "rainy"


@pytest.fixture
def settings(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/api.md tells to set, and nothing else."""
    monkeypatch.setenv("OPENAI_BASE_URL", str(caller.client.base_url))
    monkeypatch.setenv("OPENAI_API_KEY", caller.key)


@pytest.fixture
def hosted(network: Network, llama: str, settings: None) -> None:
    """A worker with a real llama.cpp."""
    network.add_worker(llama, model="tiny-chat")


# --------------------------------------------------------------------------- LangChain


@pytest.mark.usefixtures("hosted")
def test_langchain_asks_streams_and_asks_many():
    model = ChatOpenAI(model="tiny-chat", temperature=0)
    answer = model.invoke(QUESTION)
    assert answer.content == ANSWER
    assert answer.usage_metadata["total_tokens"] > 0
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.response_metadata["model_name"] == "tiny-chat"

    chunks = list(model.stream(QUESTION, stream_usage=True))
    assert len(chunks) > 3
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert whole.content == ANSWER
    assert whole.usage_metadata == answer.usage_metadata
    assert "".join(chunk.content for chunk in model.stream(QUESTION)) == ANSWER

    assert [answer.content for answer in model.batch([QUESTION] * 3)] == [ANSWER] * 3

    async def asynchronously() -> tuple[str, str]:
        plain = await model.ainvoke(QUESTION)
        return plain.content, "".join([chunk.content async for chunk in model.astream(QUESTION)])

    assert asyncio.run(asynchronously()) == (ANSWER, ANSWER)


@pytest.mark.usefixtures("hosted")
def test_langchain_calls_tools_and_sends_their_answers_back():
    model = ChatOpenAI(model="tiny-chat", temperature=0).bind_tools([get_weather])
    messages = [HumanMessage("What is the weather in Oslo?")]
    call = model.invoke(messages)
    assert [(call["name"], call["args"]) for call in call.tool_calls] == [("get_weather", {"city": "Oslo"})]
    messages += [call, ToolMessage("rainy", tool_call_id=call.tool_calls[0]["id"])]
    assert model.invoke(messages).content == "It is rainy in Oslo."

    streamed = None
    for chunk in model.stream(messages[:1]):
        streamed = chunk if streamed is None else streamed + chunk
    assert [(call["name"], call["args"]) for call in streamed.tool_calls] == [("get_weather", {"city": "Oslo"})]


@pytest.mark.usefixtures("hosted")
def test_langchain_gets_structured_output():
    model = ChatOpenAI(model="tiny-chat", temperature=0)
    assert isinstance(model.with_structured_output(City).invoke(QUESTION), City)
    assert model.with_structured_output(None, method="json_mode").invoke(QUESTION) is not None


def test_langchain_gets_an_object_by_a_forced_tool_call(network: Network, upstream: ScriptedUpstream, settings: None):
    def script(call: Call) -> None:
        assert call.body["tool_choice"] == {"type": "function", "function": {"name": "City"}}
        function = {"name": "City", "arguments": '{"name": "Oslo", "population": 700000}'}
        call.send_delta({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
        call.finish("tool_calls")

    network.add_worker(upstream.url)
    upstream.script = script
    model = ChatOpenAI(model="scripted").with_structured_output(City, method="function_calling")
    assert model.invoke(QUESTION) == City(name="Oslo", population=700_000)


def test_langchain_sends_every_kind_of_message(network: Network, upstream: ScriptedUpstream, settings: None):
    network.add_worker(upstream.url)
    upstream.script = lambda call: (bodies.append(call.body), call.answer("yes"))
    bodies: list[dict] = []
    call = {"name": "get_weather", "args": {"city": "Oslo"}, "id": "call_1"}
    conversation = [
        SystemMessage("Be brief."),
        HumanMessage([{"type": "text", "text": "Weather?"}], name="anna"),
        AIMessage("", tool_calls=[call]),
        ToolMessage("rainy", tool_call_id="call_1"),
        AIMessage("It rains."),
        HumanMessage("Really?"),
    ]
    every = ChatOpenAI(
        model="scripted",
        temperature=0.5,
        max_tokens=50,
        top_p=0.9,
        seed=1,
        n=1,
        stop=["END"],
        presence_penalty=0.1,
        frequency_penalty=0.1,
        reasoning_effort="low",
        logprobs=False,
        metadata={"only": "LangChain's own"},
    )
    assert every.invoke(conversation).content == "yes"
    roles = [message["role"] for message in bodies[0]["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]


@pytest.mark.usefixtures("settings")
def test_langchain_raises_the_sdks_errors(caller: Caller):
    with pytest.raises(openai.NotFoundError):
        ChatOpenAI(model="gpt-9").invoke(QUESTION)
    with pytest.raises(openai.AuthenticationError):
        ChatOpenAI(model="scripted", api_key="wrong").invoke(QUESTION)
    with pytest.raises(openai.InternalServerError):
        ChatOpenAI(model="scripted", max_retries=0).invoke(QUESTION)
    with pytest.raises(openai.BadRequestError):
        list(ChatOpenAI(model="scripted", temperature=9).stream(QUESTION))


@pytest.mark.usefixtures("hosted")
def test_langchain_may_use_responses_instead():
    model = ChatOpenAI(model="tiny-chat", temperature=0, use_responses_api=True)
    assert model.invoke(QUESTION).text == ANSWER
    assert "".join(chunk.text for chunk in model.stream(QUESTION)) == ANSWER
    call = model.bind_tools([get_weather]).invoke("What is the weather in Oslo?")
    assert [(call["name"], call["args"]) for call in call.tool_calls] == [("get_weather", {"city": "Oslo"})]


@pytest.mark.usefixtures("hosted")
def test_both_let_a_model_go_on_from_a_prompt():
    model = CompletionsOpenAI(model="tiny-chat", temperature=0, max_tokens=5)
    text = model.invoke("The capital of")
    assert text
    assert "".join(model.stream("The capital of")) == text
    assert model.batch(["The capital of", "A gateway"])[0] == text
    completion = litellm.text_completion(
        model="text-completion-openai/tiny-chat", prompt="The capital of", temperature=0, max_tokens=5
    )
    assert completion.choices[0].text == text


# --------------------------------------------------------------------------- LiteLLM


@pytest.mark.usefixtures("hosted")
def test_litellm_asks_and_streams():
    answer = litellm.completion("openai/tiny-chat", MESSAGES, temperature=0)
    assert answer.choices[0].message.content == ANSWER
    assert answer.usage.total_tokens > 0

    chunks = list(
        litellm.completion(
            "openai/tiny-chat", MESSAGES, temperature=0, stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == ANSWER
    assert litellm.stream_chunk_builder(chunks).usage.total_tokens == answer.usage.total_tokens

    async def asynchronously() -> str:
        chunks = await litellm.acompletion("openai/tiny-chat", MESSAGES, temperature=0, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])

    assert asyncio.run(asynchronously()) == ANSWER
    structured = litellm.completion("openai/tiny-chat", MESSAGES, temperature=0, response_format=City)
    assert City.model_validate_json(structured.choices[0].message.content)


def test_litellm_sends_what_it_is_given(network: Network, upstream: ScriptedUpstream, settings: None):
    network.add_worker(upstream.url)
    upstream.script = lambda call: (bodies.append(call.body), call.answer("yes"))
    bodies: list[dict] = []
    answer = litellm.completion(
        "openai/scripted",
        MESSAGES,
        temperature=0.5,
        max_tokens=50,
        top_p=0.9,
        seed=1,
        n=1,
        stop=["END"],
        user="anna",
        metadata={"only": "LiteLLM's own"},
        top_k=20,
        tools=[{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
        tool_choice="auto",
    )
    assert answer.choices[0].message.content == "yes"
    assert (bodies[0]["max_tokens"], bodies[0]["top_k"], bodies[0]["tool_choice"]) == (50, 20, "auto")


@pytest.mark.usefixtures("settings")
def test_litellm_maps_errors_to_its_own_classes(network: Network, caller: Caller):
    def ask(model: str = "openai/scripted", **options):
        return litellm.completion(model, MESSAGES, max_retries=0, **options)

    for options, kind in [
        ({"temperature": 9}, litellm.BadRequestError),
        ({"model": "openai/gpt-9"}, litellm.NotFoundError),
        ({"api_key": "wrong"}, litellm.AuthenticationError),
        ({}, litellm.ServiceUnavailableError),
    ]:
        with pytest.raises(kind):
            ask(**options)


def test_a_stream_that_breaks_is_an_error_for_both(
    network: Network, caller: Caller, upstream: ScriptedUpstream, settings: None
):
    network.add_worker(upstream.url)
    upstream.script = lambda call: (call.send("two", " words"), call.break_off())
    with pytest.raises(openai.APIError):
        list(ChatOpenAI(model="scripted", max_retries=0).stream(QUESTION))
    with pytest.raises(litellm.exceptions.MidStreamFallbackError):
        list(litellm.completion("openai/scripted", MESSAGES, stream=True, max_retries=0))
    assert caller.credits_remaining() == 10_000
