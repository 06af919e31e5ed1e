"""A model server whose every byte a test decides: an OpenAI-compatible one, without a model."""

import json
import queue
import select
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Call:
    """One chat completion that the worker asked for; the test says what is answered, and when."""

    def __init__(self, connection: socket.socket, body: dict):
        self.body = body
        self.worker_hung_up = threading.Event()
        self._connection = connection
        self._started = False
        self._ended = threading.Event()

    def send(self, *texts: str, index: int = 0) -> None:
        """Each text as the content of a chunk of its own."""
        for text in texts:
            self.send_delta({"content": text}, index=index)

    def send_delta(self, delta: dict, index: int = 0, finish_reason: str | None = None) -> None:
        """One chunk with one choice."""
        self.send_event({"choices": [{"index": index, "delta": delta, "finish_reason": finish_reason}]})

    def send_event(self, event: dict) -> None:
        """One chunk as it stands here, in one write."""
        self.send_bytes(self.encode(event))

    def encode(self, event: dict) -> bytes:
        """The bytes of a server-sent event; what is not ASCII stays UTF-8."""
        chunk = {
            "id": "chatcmpl-scripted",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "scripted",
        }
        return b"data: " + json.dumps(chunk | event, ensure_ascii=False).encode() + b"\n\n"

    def send_bytes(self, data: bytes, *, is_last: bool = False) -> None:
        """Part of the response's body, and its end if `is_last`, in one write."""
        if not self._started:
            self._started = True
            self._write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
        self._write(b"%x\r\n%s\r\n" % (len(data), data) + (b"0\r\n\r\n" if is_last else b""))

    def finish(
        self,
        reason: str = "stop",
        *,
        choices: int = 1,
        prompt_tokens: int = 7,
        completion_tokens: int | None = 5,
    ) -> None:
        """Ends every choice, tells the usage (unless it is `None`) and ends the stream."""
        for index in range(choices):
            self.send_delta({}, index=index, finish_reason=reason)
        if completion_tokens is not None:
            self.send_event(
                {
                    "choices": [],
                    "usage": {
                        "prompt_tokens": prompt_tokens,
                        "completion_tokens": completion_tokens,
                        "total_tokens": prompt_tokens + completion_tokens,
                    },
                }
            )
        # The end in one write: a worker hangs up when it has read `[DONE]`.
        self.send_bytes(b"data: [DONE]\n\n", is_last=True)
        self._ended.set()

    def answer(self, *texts: str) -> None:
        """The texts, one a chunk, and the end."""
        self.send(*texts)
        self.finish(completion_tokens=len(texts))

    def refuse(self, status: int, message: str) -> None:
        """An error instead of a stream."""
        self.answer_plainly({"error": {"code": status, "message": message, "type": "server_error"}}, status)

    def answer_plainly(self, answer: dict, status: int = 200) -> None:
        """A JSON body instead of a stream, as for embeddings."""
        body = json.dumps(answer).encode()
        self._write(
            b"HTTP/1.1 %d Plain\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (status, len(body), body)
        )
        self._ended.set()

    def break_off(self) -> None:
        """Closes the connection without an end to the stream."""
        self._connection.shutdown(socket.SHUT_RDWR)
        self._ended.set()

    def wait_for_end(self) -> None:
        """Returns when the test has ended the answer or the worker has hung up."""
        while not self._ended.is_set():
            readable, _, _ = select.select([self._connection], [], [], 0.02)
            if readable and not self._peek():
                self.worker_hung_up.set()
                return

    def _peek(self) -> bytes:
        try:
            return self._connection.recv(1, socket.MSG_PEEK)
        except ConnectionError:
            return b""

    def _write(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            # Reset by the worker, or closed by the server's thread that saw the worker leave.
            self.worker_hung_up.set()


class ScriptedUpstream:
    """The server. Calls wait in `next_call()` for the test, or are answered by `script` if one is set."""

    def __init__(self, script: Callable[[Call], None] | None = None):
        self.script = script
        self._calls: queue.Queue[Call] = queue.Queue()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._json({"object": "list", "data": [{"id": "scripted", "object": "model"}], "status": "ok"})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                call = Call(self.connection, body)
                if upstream.script is not None:
                    upstream.script(call)
                else:
                    upstream._calls.put(call)
                call.wait_for_end()
                self.close_connection = True

            def _json(self, value: dict) -> None:
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing: prompts must be in no log, and a test has its assertions."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        """The base URL, as a backend's `url` wants it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def next_call(self, timeout: float = 20) -> Call:
        """The oldest call that no test has taken yet."""
        try:
            return self._calls.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"no call reached the backend within {timeout} s") from None

    @property
    def has_waiting_call(self) -> bool:
        return not self._calls.empty()

    def close(self) -> None:
        """Refuses new connections from now on."""
        self._server.shutdown()
        self._server.server_close()
