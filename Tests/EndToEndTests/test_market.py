"""Which models there are, what they cost now, and who does their jobs when no worker can."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import openai
import pytest
from harness.asking import ask, stream
from harness.evidence import RECEIPT, STATEMENT, output_digest, payload_digest, unseal
from harness.gateway import Caller
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually


def seed_provider(url: str, model: str, upstream_model: str = "") -> str:
    return (
        f'[[seed_provider]]\nname = "first-party"\nurl = "{url}"\nmax_concurrent_jobs = 2\n'
        f'[[seed_provider.model]]\nid = "{model}"\nupstream_model = "{upstream_model or model}"\n'
    )


def entry(caller: Caller, model: str) -> dict:
    """`GET /v1/models/{id}`, through the SDK."""
    return caller.client.models.retrieve(model).model_dump()


def test_a_seed_provider_serves_a_model_without_workers_and_the_treasury_gets_the_charge(
    empty_network: Network, llama: str
):
    gateway = empty_network.start_gateway(configuration=seed_provider(llama, "tiny-chat"))
    caller = empty_network.caller()
    listed = {model.id: model.model_dump() for model in caller.client.models.list()}
    assert listed.keys() == {"tiny-chat"}
    assert listed["tiny-chat"]["decentral"]["active_workers"] == 0

    for answer in (
        ask(caller, "Say a word.", model="tiny-chat", max_tokens=20),
        stream(caller, "Say a word.", model="tiny-chat", max_tokens=20, stream_options={"include_usage": True}),
    ):
        assert answer.text
        assert answer.decentral["worker"] == answer.headers["x-decentral-worker"] == gateway.address
        job = caller.wait_for_job(answer.job_id, "settled")
        assert job["worker_address"] == gateway.address
        documents = httpx.get(
            f"{gateway.url}/v1/jobs/{answer.job_id}/receipt", headers=caller.headers, timeout=20
        ).json()
        receipt = unseal(json.dumps(documents["receipt"]), RECEIPT, gateway.address)
        statement = unseal(json.dumps(documents["statement"]), STATEMENT, gateway.address)
        assert receipt["worker"] == receipt["payout_address"] == receipt["network"] == gateway.address
        assert receipt["output_sha256"] == output_digest(answer.choices)
        assert payload_digest(json.dumps(documents["receipt"])) == answer.decentral["proof_hash"]
        assert statement["proof_hash"] == answer.decentral["proof_hash"]
        assert statement["worker_micro_usdc"] == 0
        assert statement["treasury_micro_usdc"] == answer.decentral["credits_charged"] * 10_000
    assert gateway.rows("SELECT * FROM payouts") == []
    assert gateway.ask_json("workers", "list", "--all") == []


def test_a_worker_comes_first_and_the_seed_provider_when_it_is_full(empty_network: Network, upstream: ScriptedUpstream):
    seed = ScriptedUpstream(lambda call: call.answer("from", " the seed"))
    empty_network.finally_do(seed.close)
    gateway = empty_network.start_gateway(configuration=seed_provider(seed.url, "scripted", "other-name"))
    caller = empty_network.caller()
    worker = empty_network.add_worker(upstream.url, slots=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, caller, "anything", model="scripted")
        call = upstream.next_call()
        second = ask(caller, "anything", model="scripted")
        call.answer("from the worker")
        assert first.result().text == "from the worker"
    assert first.result().decentral["worker"] == worker.address
    assert second.text == "from the seed"
    assert second.decentral["worker"] == gateway.address


def test_an_alias_answers_as_it_was_asked_until_it_is_retired(empty_network: Network, upstream: ScriptedUpstream):
    upstream.script = lambda call: call.answer("one")
    aliases = "".join(
        f'[[model_alias]]\nid = "{name}"\nmodel = "scripted"\nretires = "{day}"\n'
        for name, day in (("older", "2020-01-31"), ("old", "2999-01-31"))
    )
    gateway = empty_network.start_gateway(configuration=aliases)
    caller = empty_network.caller()
    worker = empty_network.add_worker(upstream.url)
    assert gateway.models(caller) == {"scripted", "old"}
    assert entry(caller, "old")["decentral"]["retires"] == "2999-01-31"
    assert entry(caller, "old")["decentral"]["alias_of"] == "scripted"
    assert "retires" not in entry(caller, "scripted")["decentral"]

    raw = caller.client.chat.completions.with_raw_response.create(
        model="old", messages=[{"role": "user", "content": "anything"}]
    )
    assert raw.parse().model == "old"
    job_id = raw.headers["x-decentral-job-id"]
    worker.wait_for_job(job_id, "settled")
    assert worker.evidence(job_id).receipt["model"] == caller.job(job_id)["model"] == "scripted"

    with pytest.raises(openai.NotFoundError) as raised:
        ask(caller, "anything", model="older")
    assert raised.value.code == "model_not_found"
    assert "'scripted'" in raised.value.message
    with pytest.raises(openai.NotFoundError):
        entry(caller, "older")


def test_the_price_follows_demand_and_the_lock_takes_the_price_that_is_shown(
    empty_network: Network, upstream: ScriptedUpstream
):
    gateway = empty_network.start_gateway(configuration="[pricing]\nsurge_max = 4\nwindow_seconds = 10\n")
    caller = empty_network.caller()
    worker = empty_network.add_worker(upstream.url, slots=1)
    assert entry(caller, "scripted")["decentral"]["credits_per_request"] == 2
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(ask, caller, "anything", model="scripted")
        call = upstream.next_call()
        second = pool.submit(ask, caller, "anything", model="scripted")

        def is_dear() -> bool:
            return entry(caller, "scripted")["decentral"]["credits_per_request"] == 8

        eventually(is_dear, "the price is at its highest")
        shown = gateway.ask_json("models", "list")
        assert next(model for model in shown if model["id"] == "scripted")["credits_per_request"] == 8
        # A third job, asked for at that price, does not fit the balance of somebody who could pay the base.
        with pytest.raises(openai.APIStatusError) as raised:
            ask(empty_network.caller(credits=7), "anything", model="scripted")
        assert raised.value.code == "insufficient_credits"
        assert "(8 credits required)" in raised.value.message
        third = pool.submit(ask, caller, "anything", model="scripted")
        eventually(lambda: len(gateway.rows("SELECT job_id FROM jobs")) == 3, "the third job is locked")
        call.answer("one")
        upstream.next_call().answer("two")
        upstream.next_call().answer("three")
        # The price was frozen when they were locked, not when they ended.
        assert first.result().decentral["credits_charged"] == 2
        assert second.result().decentral["credits_charged"] < 8
        assert third.result().decentral["credits_charged"] == 8
    worker.wait_for_job(third.result().job_id, "settled")
    offer = worker.evidence(third.result().job_id).offer
    assert offer["credits_per_request"] == 8
    assert offer["credits_per_1k_tokens"] == 4


def test_a_retry_after_grows_while_nobody_is_there(network: Network, caller: Caller):
    with pytest.raises(openai.InternalServerError) as raised:
        ask(caller, "anything", model="scripted")
    response = raised.value.response
    assert raised.value.code == "no_workers_available"
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.json()["error"]["retry_after"] == int(response.headers["retry-after"])
    assert response.headers["x-should-retry"] == "true"
