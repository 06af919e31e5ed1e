"""Very many callers at once, each with its own connection, in raw asyncio: a client library would be too slow."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Ask:
    """One thing that a caller wants, whose `request_id` stays the same however often it is sent."""

    request_id: str
    key: str
    idempotency_key: str | None = None
    # Statuses and codes of the answers, in their order; a broken connection is (0, "").
    answers: list[tuple[int, str]] = field(default_factory=list)
    # Jobs that a complete answer named, with what they were charged.
    charged: dict[str, int] = field(default_factory=dict)
    # The balance that the last answer told.
    remaining: int | None = None

    @property
    def is_answered(self) -> bool:
        return bool(self.charged)


class Crowd:
    """Sends plain chat completions to a gateway on this machine."""

    def __init__(self, port: int, body: dict):
        self._port = port
        self._body = json.dumps(body).encode()

    async def run(self, asks: list[Ask], *, connections: int, on_answer: Callable[[], None] = lambda: None) -> None:
        """Sends each once, so many at a time; a broken connection is noted and not mended."""
        waiting = iter(asks)

        async def connection() -> None:
            for ask in waiting:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                    try:
                        await self._send(ask, reader, writer)
                    finally:
                        writer.close()
                except (OSError, asyncio.IncompleteReadError):
                    ask.answers.append((0, ""))
                on_answer()

        await asyncio.gather(*(connection() for _ in range(connections)))

    async def _send(self, ask: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        headers = {
            "Host": "gateway",
            "Content-Type": "application/json",
            "Content-Length": str(len(self._body)),
            "Authorization": f"Bearer {ask.key}",
            "x-request-id": ask.request_id,
            "Connection": "close",
        }
        if ask.idempotency_key:
            headers["Idempotency-Key"] = ask.idempotency_key
        lines = [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(["POST /v1/chat/completions HTTP/1.1", *lines, "", ""]).encode() + self._body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        answer = json.loads(await reader.readexactly(int(fields["content-length"])))
        status = int(head[0].split()[1])
        ask.remaining = int(fields["x-decentral-credits-remaining"])
        if status == 200:
            ask.charged[answer["decentral"]["job_id"]] = answer["decentral"]["credits_charged"]
            ask.answers.append((status, ""))
        else:
            ask.answers.append((status, answer["error"]["code"]))
