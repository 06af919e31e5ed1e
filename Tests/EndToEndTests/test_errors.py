"""What goes wrong arrives at the caller as the official SDK's own error class."""

import httpx
import openai
import pytest
from harness.asking import ask, stream
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from openai import OpenAI


def check_shape(error: openai.APIStatusError, status: int, kind: str, code: str) -> None:
    body = error.response.json()["error"]
    assert error.status_code == status
    assert (body["type"], body["code"]) == (kind, code)
    assert body["message"]
    assert body["docs"].endswith(f"#{code}")
    assert error.response.headers["x-request-id"]


@pytest.mark.parametrize("asking", [ask, stream])
def test_a_wrong_key_is_401(network: Network, caller: Caller, asking):
    caller.client = OpenAI(base_url=f"{network.gateway.url}/v1", api_key="dcntrl_live_" + "x" * 32, max_retries=0)
    with pytest.raises(openai.AuthenticationError) as raised:
        asking(caller, "anything", model="scripted")
    check_shape(raised.value, 401, "authentication_error", "invalid_api_key")


@pytest.mark.parametrize("asking", [ask, stream])
def test_too_few_credits_are_402_and_say_how_many(network: Network, upstream: ScriptedUpstream, asking):
    network.add_worker(upstream.url)
    poor = network.caller(credits=1)
    with pytest.raises(openai.APIStatusError) as raised:
        asking(poor, "anything", model="scripted")
    check_shape(raised.value, 402, "payment_error", "insufficient_credits")
    assert "(1 credit)" in raised.value.response.json()["error"]["message"]
    assert "(2 credits required)" in raised.value.response.json()["error"]["message"]


@pytest.mark.parametrize("asking", [ask, stream])
def test_an_unknown_model_is_404(caller: Caller, asking):
    with pytest.raises(openai.NotFoundError) as raised:
        asking(caller, "anything", model="no-such-model")
    check_shape(raised.value, 404, "not_found_error", "model_not_found")


@pytest.mark.parametrize("asking", [ask, stream])
def test_a_known_model_without_a_worker_is_503_with_a_time_to_retry(caller: Caller, asking):
    with pytest.raises(openai.InternalServerError) as raised:
        asking(caller, "anything", model="scripted")
    check_shape(raised.value, 503, "capacity_error", "no_workers_available")
    retry_after = raised.value.response.json()["error"]["retry_after"]
    assert retry_after == int(raised.value.response.headers["retry-after"]) > 0
    assert caller.credits_remaining() == 10_000


@pytest.mark.parametrize(
    ("options", "code", "param"),
    [
        ({"temperature": 9}, "invalid_parameter", "temperature"),
        ({"n": 0}, "invalid_parameter", "n"),
        ({"max_tokens": -1}, "invalid_parameter", "max_tokens"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "invalid_parameter", "stop"),
        ({"extra_body": {"cache_prompt": True}}, "unknown_parameter", "cache_prompt"),
        ({"store": True}, "invalid_parameter", "store"),
    ],
)
def test_a_bad_parameter_is_400_and_is_named(caller: Caller, options: dict, code: str, param: str):
    with pytest.raises(openai.BadRequestError) as raised:
        ask(caller, "anything", model="scripted", **options)
    check_shape(raised.value, 400, "invalid_request_error", code)
    assert raised.value.param == param


def test_models_and_jobs_answer_as_the_sdk_expects(network: Network, caller: Caller, upstream: ScriptedUpstream):
    assert network.gateway.models(caller) == set()
    network.add_worker(upstream.url)
    assert network.gateway.models(caller) == {"scripted"}

    model = caller.client.models.retrieve("scripted")
    assert model.owned_by == "tests"
    assert model.model_extra["decentral"]["active_workers"] == 1
    assert model.model_extra["decentral"]["credits_per_request"] == 2
    assert caller.client.models.retrieve("qwen3-8b").model_extra["decentral"]["active_workers"] == 0
    with pytest.raises(openai.NotFoundError):
        caller.client.models.retrieve("no-such-model")


def test_a_job_is_its_callers_alone(network: Network, caller: Caller, upstream: ScriptedUpstream):
    network.add_worker(upstream.url)
    upstream.script = lambda call: call.answer("yes")
    answer = ask(caller, "anything", model="scripted")
    assert caller.job(answer.job_id)["status"] == "settled"

    other = network.caller()
    with pytest.raises(openai.NotFoundError) as raised:
        other.client.get(f"/jobs/{answer.job_id}", cast_to=object)
    check_shape(raised.value, 404, "not_found_error", "job_not_found")


def test_a_job_that_takes_too_long_is_504_and_free(empty_network: Network, upstream: ScriptedUpstream):
    """The worker stops 5 s before the deadline; with nothing made there is nothing to sign or to pay."""
    empty_network.start_gateway(job_timeout=10)
    empty_network.add_worker(upstream.url)
    caller = empty_network.caller()
    with pytest.raises(openai.InternalServerError) as raised:
        ask(caller, empty_network.prompt_word, model="scripted")
    check_shape(raised.value, 504, "timeout_error", "job_timeout")
    assert "within 10 s" in raised.value.response.json()["error"]["message"]
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert upstream.next_call().worker_hung_up.wait(10)
    assert caller.credits_remaining() == 10_000


@pytest.mark.parametrize("path", ["//v1/models", "/v1//models", "//v1/models/scripted"])
def test_a_path_that_only_looks_like_a_route_is_none(network: Network, path: str):
    response = httpx.get(f"{network.gateway.url}{path}")
    assert response.status_code == 404, response.text
    assert response.json()["error"]["code"] == "route_not_found"


@pytest.mark.parametrize("path", ["/v1/models", "/v1/auth/else", "/v1/nothing"])
def test_nobody_unknown_learns_what_routes_there_are(network: Network, path: str):
    response = httpx.get(f"{network.gateway.url}{path}")
    assert response.status_code == 401, response.text
    assert response.json()["error"]["code"] == "missing_api_key"
