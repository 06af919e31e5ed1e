"""Callers who ask without pause, and remember what they were told."""

import contextlib
import http.client
import json
import random
import socket
import threading
from dataclasses import dataclass
from enum import Enum

from .gateway import Caller
from .model_server import words_of
from .waiting import eventually


class Outcome(Enum):
    """How a request ended, as its caller saw it."""

    COMPLETE = "complete"  # the whole answer, with its charge
    ERROR = "error"  # an error in so many words, instead of an answer or in the middle of one
    BROKEN = "broken"  # the connection broke: the caller cannot know
    LEFT = "left"  # the caller hung up


@dataclass
class Asked:
    """One request and its end."""

    request_id: str
    wallet: str
    outcome: Outcome
    # The error's code, if it was one.
    code: str = ""
    # The `decentral` object of a complete answer.
    decentral: dict | None = None
    # What a complete answer had wrong; empty if nothing.
    flaw: str = ""


def flaw_of(text: str, finish_reason: str | None, expected: str) -> str:
    """What is wrong with a complete answer, if anything is: a token lost, doubled or misplaced."""
    if finish_reason == "stop" and text == expected:
        return ""
    # A worker whose time runs out stops, and is paid for what it made.
    if finish_reason == "length" and expected.startswith(text):
        return ""
    return f"{len(text)} bytes that end with {finish_reason}, where {len(expected)} were to come"


class Load:
    """Askers in threads, each asking one thing after the other: plain and streamed, short and long, some hanging up."""

    def __init__(self, callers: list[Caller], port: int, *, askers: int, seed: int, prompt_word: str, output_word: str):
        self.asked: list[Asked] = []
        self._callers = callers
        self._port = port
        self._prompt_word, self._output_word = prompt_word, output_word
        self._over = threading.Event()
        self._failures: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(number, random.Random(f"{seed}/{number}")), daemon=True)
            for number in range(askers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 120) -> None:
        """Lets every asker finish what it asks now."""
        self._over.set()
        eventually(lambda: not any(thread.is_alive() for thread in self._threads), "every asker is done", timeout)
        self.check()

    def check(self) -> None:
        """Raises what an asker could not make sense of."""
        if self._failures:
            raise RuntimeError("an asker could not make sense of its answer") from self._failures[0]

    def count(self, outcome: Outcome) -> int:
        return sum(asked.outcome is outcome for asked in self.asked)

    def _run(self, number: int, chance: random.Random) -> None:
        turn = 0
        try:
            while not self._over.is_set():
                turn += 1
                asked = self._ask(f"load-{id(self):x}-{number}-{turn}", chance)
                self.asked.append(asked)
                if asked.outcome in (Outcome.ERROR, Outcome.BROKEN):
                    # As a client with back-off does.
                    self._over.wait(chance.uniform(0.05, 0.3))
        except BaseException as failure:
            self._failures.append(failure)

    def _ask(self, request_id: str, chance: random.Random) -> Asked:
        caller = chance.choice(self._callers)
        count, pause = chance.randint(1, 40), chance.choice((0, 1, 5, 20))
        stream, leaves = chance.random() < 0.6, chance.random() < 0.05
        expected = "".join(words_of(self._output_word, count))
        content = f"{self._prompt_word}\nsay {self._output_word} {count} {pause}"
        body = {"model": "scripted", "messages": [{"role": "user", "content": content}], "stream": stream}
        asked = Asked(request_id, caller.wallet, Outcome.BROKEN)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=90)
        try:
            headers = {**caller.headers, "Content-Type": "application/json", "X-Request-Id": request_id}
            connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
            if leaves and not stream:
                self._over.wait(0.05)
                asked.outcome = Outcome.LEFT
                return asked
            response = connection.getresponse()
            if response.status != 200:
                asked.outcome, asked.code = Outcome.ERROR, json.loads(response.read())["error"]["code"]
            elif stream:
                self._read_stream(response, asked, expected, leaves_after=count // 2 if leaves else None)
            else:
                self._read_plain(json.loads(response.read()), asked, expected)
        except (OSError, http.client.HTTPException):
            asked.outcome = Outcome.BROKEN
        finally:
            with contextlib.suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()
        return asked

    @staticmethod
    def _read_plain(answer: dict, asked: Asked, expected: str) -> None:
        asked.outcome, asked.decentral = Outcome.COMPLETE, answer["decentral"]
        choice = answer["choices"][0]
        asked.flaw = flaw_of(choice["message"]["content"] or "", choice["finish_reason"], expected)

    @staticmethod
    def _read_stream(response, asked: Asked, expected: str, leaves_after: int | None) -> None:
        text, chunks, reason = "", 0, None
        while line := response.readline():
            if not line.startswith(b"data: "):
                continue
            if line.strip() == b"data: [DONE]":
                asked.outcome = Outcome.COMPLETE
                asked.flaw = flaw_of(text, reason, expected)
                return
            event = json.loads(line[6:])
            if "error" in event:
                asked.outcome, asked.code = Outcome.ERROR, event["error"]["code"]
                return
            asked.decentral = event.get("decentral", asked.decentral)
            for choice in event["choices"]:
                text += choice["delta"].get("content") or ""
                reason = choice["finish_reason"] or reason
            chunks += 1
            if leaves_after is not None and chunks > leaves_after:
                asked.outcome = Outcome.LEFT
                return
