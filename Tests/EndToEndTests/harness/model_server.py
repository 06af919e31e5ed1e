"""A model server in a process of its own, to be killed, stopped, and told to misbehave.

`python -m harness.model_server PORT`. It answers OpenAI's chat completions; a prompt's last line says with what:
`say WORD COUNT MILLISECONDS`, so many words with so long a pause after each. `POST /mode` with a name from `MODES` as
its body changes how it does that, also for answers that are on their way.
"""

import asyncio
import json
import sys

# As it should be; bytes that are no event; one byte at a time; 503 to everything; the connection closed after a word;
# no answer at all.
MODES = ("well", "garbage", "slow", "refusing", "breaking", "silent")
TOKENS_PER_WORD = 20


def words_of(word: str, count: int) -> list[str]:
    """The pieces of an answer."""
    return [f"{word}.{number} " for number in range(count)]


class Server:
    """Answers until its process ends."""

    def __init__(self) -> None:
        self.mode = "well"

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split()[1]
            lengths = [line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length:")]
            body = await reader.readexactly(int(lengths[0]) if lengths else 0)
            await self._answer(path, body, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, body: bytes, reader, writer: asyncio.StreamWriter) -> None:
        if path == "/mode":
            self.mode = body.decode()
            assert self.mode in MODES
            return await self._whole(writer, 200, {})
        if self.mode == "refusing":
            return await self._whole(writer, 503, {"error": {"message": "busy", "type": "server_error", "code": 503}})
        if not path.endswith("/chat/completions"):
            listed = {"object": "list", "data": [{"id": "scripted", "object": "model"}], "status": "ok"}
            return await self._whole(writer, 200, listed)
        left = asyncio.ensure_future(reader.read(1))
        answer = asyncio.ensure_future(self._stream(json.loads(body), writer))
        # Who hangs up is told nothing more.
        await asyncio.wait({left, answer}, return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        answer.cancel()
        await asyncio.gather(left, answer, return_exceptions=True)

    @staticmethod
    async def _whole(writer: asyncio.StreamWriter, status: int, value: dict) -> None:
        body = json.dumps(value).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        await writer.drain()

    async def _stream(self, request: dict, writer: asyncio.StreamWriter) -> None:
        _, word, count, pause = request["messages"][-1]["content"].splitlines()[-1].split()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        for text in words_of(word, int(count)):
            await self._event(writer, {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
            await asyncio.sleep(int(pause) / 1_000)
        await self._event(writer, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        tokens = int(count) * TOKENS_PER_WORD
        usage = {"prompt_tokens": 9, "completion_tokens": tokens, "total_tokens": 9 + tokens}
        await self._event(writer, {"choices": [], "usage": usage})
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()

    async def _event(self, writer: asyncio.StreamWriter, event: dict) -> None:
        data = b"data: " + json.dumps({"id": "x", "object": "chat.completion.chunk", "model": "m"} | event).encode()
        match self.mode:
            case "garbage":
                data = b"data: {" + bytes(range(128, 160))
            case "slow":
                for byte in data:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.001)
                data = b""
            case "breaking":
                writer.transport.abort()
                raise ConnectionAbortedError
            case "silent":
                await asyncio.Event().wait()
        writer.write(data + b"\n\n")
        await writer.drain()


async def serve(port: int) -> None:
    """Serves on loopback until the process ends."""
    server = await asyncio.start_server(Server().connected, "127.0.0.1", port, backlog=256)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
