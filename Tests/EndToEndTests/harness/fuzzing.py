"""Hooks of schemathesis: what the API's description says in words, because no schema can.

Schemathesis imports this module in a process of its own (`SCHEMATHESIS_HOOKS`).
"""

import re
from typing import Any

import base58
import schemathesis
from hypothesis import strategies as st

# The one model of the fuzzed network; any other is rightly not found.
MODEL = "scripted"


def base58_of(count: int) -> st.SearchStrategy[str]:
    """So many bytes in base58."""
    return st.binary(min_size=count, max_size=count).map(lambda data: base58.b58encode(data).decode())


schemathesis.openapi.format("solana-address", base58_of(32))
schemathesis.openapi.format("solana-signature", base58_of(64))


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Makes of a body that the schema allows one that its words allow too; what the schema forbids stays forbidden."""
    if not isinstance(case.body, dict):
        return
    body = case.body
    if isinstance(body.get("model"), str) and re.fullmatch(r"[^\x00-\x20\x7f]{1,256}", body["model"]):
        body["model"] = MODEL
    agree_on_one_limit(body)
    choose_a_tool_that_there_is(body)
    if isinstance(body.get("expires_at"), str):
        body["expires_at"] = re.sub(r"^\d{4}(?=-\d\d-\d\d[Tt])", "2996", body["expires_at"])
    if isinstance(body.get("models"), list):
        body["models"] = [MODEL if is_name(model) else model for model in body["models"]]


def is_name(model: object) -> bool:
    return isinstance(model, str) and 1 <= len(model) <= 128


def agree_on_one_limit(body: dict) -> None:
    """A limit fits the model's context window, and `max_tokens` and `max_completion_tokens` do not differ."""
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        limit = body.get(name)
        is_number = isinstance(limit, int | float) and not isinstance(limit, bool)
        if is_number and 1 <= limit <= 1 << 24 and limit == int(limit):
            body[name] = 16


def choose_a_tool_that_there_is(body: dict) -> None:
    """A `tool_choice` that names a function names one of the `tools`; Responses have no `function` around the name."""
    try:
        choice, tool = body["tool_choice"], body["tools"][0]
        if "function" in choice:
            choice, tool = choice["function"], tool["function"]
        if re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", choice["name"]):
            choice["name"] = tool["name"]
    except (KeyError, IndexError, TypeError):
        # There is no such choice, or it is wrong in another way.
        return
