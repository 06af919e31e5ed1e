"""The API is what its own description says: a schema-driven fuzzer finds nothing against it.

`FUZZ_EXAMPLES` and `FUZZ_SEED` make another run than the one of every day, and a longer one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from harness.network import Network
from harness.scripted_upstream import Call, ScriptedUpstream
from harness.wallet import Wallet

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "8")
SEED = os.environ.get("FUZZ_SEED", "1")


EVERY_KIND = 'features = ["tools", "structured_output", "logprobs", "completions", "embeddings"]\n'


def how_many(prompts: Any) -> int:
    """A text or the ids of its tokens is one prompt, a list of either as many as it has."""
    return len(prompts) if isinstance(prompts, list) and isinstance(prompts[0], str | list) else 1


def answer_every_choice(call: Call) -> None:
    """One word or vector for each choice, in the form of the route."""
    if "input" in call.body:
        vector = [0.5] * int(call.body.get("dimensions") or 4)
        data = [{"index": index, "embedding": vector} for index in range(how_many(call.body["input"]))]
        call.answer_plainly({"data": data, "usage": {"prompt_tokens": len(data), "total_tokens": len(data)}})
        return
    choices = int(call.body.get("n") or 1)
    if "prompt" in call.body:
        choices *= how_many(call.body["prompt"])
        for index in range(choices):
            call.send_event({"choices": [{"index": index, "text": "hello", "finish_reason": "stop"}]})
        call.finish(choices=0, completion_tokens=choices)
        return
    for index in range(choices):
        call.send("hello", index=index)
    call.finish(choices=choices, completion_tokens=choices)


def without_unknown_members(value: Any) -> Any:
    """The document with every answer's object closed: what it does not describe must not be there either."""
    if isinstance(value, list):
        return [without_unknown_members(element) for element in value]
    if not isinstance(value, dict):
        return value
    # The branches of `allOf` are rules about some members of an object that is closed itself.
    closed = {name: member if name == "allOf" else without_unknown_members(member) for name, member in value.items()}
    if "object" in (value.get("type") or []) and "properties" in value:
        closed.setdefault("additionalProperties", False)
    return closed


def test_the_document_is_openapi_and_says_when_it_changes(network: Network):
    url = f"{network.gateway.url}/v1/openapi.json"
    response = httpx.get(url)
    assert response.status_code == 200, response.text
    document = response.json()
    assert document["servers"] == [{"url": network.gateway.url}]
    schemathesis.openapi.from_dict(document).validate()
    again = httpx.get(url, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


# Each example is a request, some of which shrink to many: the bound is far above what the run takes on an idle machine.
@pytest.mark.timeout(900)
def test_a_fuzzer_finds_nothing(network: Network, upstream: ScriptedUpstream):
    upstream.script = answer_every_choice
    network.add_worker(upstream.url, model_settings=EVERY_KIND)
    wallet = Wallet(network.gateway, credits=10**9)
    authorization = wallet.sign_in()["Authorization"]
    document = network.folder / "openapi.json"
    described = httpx.get(f"{network.gateway.url}/v1/openapi.json").json()
    document.write_text(json.dumps(without_unknown_members(described)))

    fuzzer = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", network.gateway.url),
            *("--header", f"Authorization: {authorization}", "--seed", SEED, "--max-examples", EXAMPLES),
            *(
                "--generation-database",
                "none",
                "--request-timeout",
                "20",
                "--continue-on-failure",
                "--no-color",
            ),
        ],
        env=os.environ | {"SCHEMATHESIS_HOOKS": "harness.fuzzing", "PYTHONPATH": str(Path(__file__).parent)},
        # It keeps what it found in a folder of its own there.
        cwd=network.folder,
        capture_output=True,
        text=True,
    )
    assert fuzzer.returncode == 0, fuzzer.stdout[-20_000:] + fuzzer.stderr[-2_000:]
    # It has not been turned away at the door.
    settled = httpx.get(
        f"{network.gateway.url}/v1/jobs?status=settled&limit=20", headers={"Authorization": authorization}
    ).json()
    assert len(settled["data"]) == 20
