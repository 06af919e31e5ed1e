"""Asking with the official SDK, keeping what the tests compare."""

from dataclasses import dataclass
from typing import Any

import httpx

from .evidence import choices_of_completion, choices_of_stream, choices_of_texts
from .gateway import Caller


@dataclass
class Answer:
    """What a caller saw: the headers, the final choices, usage and the `decentral` object."""

    headers: httpx.Headers
    choices: list[dict[str, Any]]
    usage: Any
    decentral: dict[str, Any]
    chunks: list[Any]

    @property
    def job_id(self) -> str:
        return self.headers["x-decentral-job-id"]

    @property
    def text(self) -> str:
        """The content of the first choice."""
        return next(choice for choice in self.choices if choice["index"] == 0)["content"] or ""


def ask(caller: Caller, messages: list[dict[str, str]] | str, *, model: str, **options: Any) -> Answer:
    """A plain question."""
    raw = caller.client.chat.completions.with_raw_response.create(model=model, messages=_messages(messages), **options)
    completion = raw.parse()
    return Answer(
        headers=raw.headers,
        choices=choices_of_completion(completion),
        usage=completion.usage,
        decentral=completion.model_extra["decentral"],
        chunks=[],
    )


def stream(caller: Caller, messages: list[dict[str, str]] | str, *, model: str, **options: Any) -> Answer:
    """A streamed question, read to its end."""
    raw = caller.client.chat.completions.with_raw_response.create(
        model=model, messages=_messages(messages), stream=True, **options
    )
    chunks = list(raw.parse())
    told = [chunk.model_extra["decentral"] for chunk in chunks if "decentral" in (chunk.model_extra or {})]
    assert len(told) == 1, "the decentral object comes in exactly one chunk"
    return Answer(
        headers=raw.headers,
        choices=choices_of_stream(chunks),
        usage=chunks[-1].usage,
        decentral=told[0],
        chunks=chunks,
    )


def complete(caller: Caller, prompt: Any, *, model: str, **options: Any) -> Answer:
    """A text completion, streamed if `options` say so."""
    raw = caller.client.completions.with_raw_response.create(model=model, prompt=prompt, **options)
    answers = list(raw.parse()) if options.get("stream") else [raw.parse()]
    (told,) = [answer.model_extra["decentral"] for answer in answers if "decentral" in (answer.model_extra or {})]
    return Answer(
        headers=raw.headers,
        choices=choices_of_texts(answers),
        usage=answers[-1].usage,
        decentral=told,
        chunks=answers,
    )


def _messages(messages: list[dict[str, str]] | str) -> list[dict[str, str]]:
    return [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
