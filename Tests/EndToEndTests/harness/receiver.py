"""Somebody who gets webhooks, and checks each with the library of Standard Webhooks."""

import json
import queue
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook


class Message:
    """One message as it came; the test may answer it."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes):
        self.path = path
        self.headers = headers
        self.body = body
        self.id = headers["webhook-id"]
        self.content: dict[str, Any] = json.loads(body)
        self.type: str = self.content["type"]
        self.data: dict[str, Any] = self.content["data"]
        self._answer: queue.SimpleQueue[int | None] = queue.SimpleQueue()

    def answer(self, status: int | None) -> None:
        """Answers it, or breaks the connection off if there is no status."""
        self._answer.put(status)

    def wait_for_answer(self) -> int | None:
        return self._answer.get()


class Receiver:
    """An HTTP server on a loopback address whose messages come out in their order."""

    def __init__(
        self,
        status: int | None = 204,
        certificate: tuple[Path, Path] | None = None,
        address: str = "127.0.0.1",
    ):
        # What every message is answered with; `None` leaves the answer to the test.
        self.status = status
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                message = Message(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                receiver._messages.put(message)
                status = receiver.status or message.wait_for_answer()
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((address, 0), Handler)
        self._server.daemon_threads = True
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            scheme = "https"
        host = "localhost" if address == "127.0.0.1" else address
        self.url = f"{scheme}://{host}:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, timeout: float = 20) -> Message:
        return self._messages.get(timeout=timeout)

    def verified(self, secret: str, count: int) -> list[Message]:
        """The next messages, each with a good signature."""
        messages = [self.next() for _ in range(count)]
        for message in messages:
            assert Webhook(secret).verify(message.body, message.headers) == message.content
        return messages

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
