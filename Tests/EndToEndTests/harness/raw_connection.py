"""A connection of bare bytes: for requests that no client would send, and answers taken apart one by one."""

import json
import socket
from dataclasses import dataclass


@dataclass
class Answer:
    """One response, with the names of its headers in lower case."""

    version: str
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict:
        """The error of the API's shape that it must be."""
        error = json.loads(self.body)["error"]
        assert {"code", "message", "type", "param", "docs"} <= error.keys(), error
        assert error["docs"].endswith("#" + error["code"])
        assert self.headers["content-type"] == "application/json"
        return error

    def must_be(self, status: int, code: str) -> None:
        assert (self.status, self.error["code"]) == (status, code), (self.status, self.body)
        assert self.headers["x-request-id"]


class RawConnection:
    """A TCP connection to the gateway."""

    def __init__(self, port: int, *, receive_buffer: int | None = None, timeout: float = 20):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self._received = b""

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(self, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """A well-formed request."""
        fields = {"Host": "gateway"} | ({"Content-Length": str(len(body))} if body else {}) | (headers or {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)

    def answer(self, *, has_body: bool = True) -> Answer:
        """The next response, to its end."""
        head = self._until(b"\r\n\r\n").decode()
        status_line, *lines = head.split("\r\n")
        version, status, *_ = status_line.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = b""
        if not has_body or int(status) in (100, 204):
            pass
        elif "content-length" in headers:
            body = self._take(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int(self._until(b"\r\n"), 16):
                body += self._take(size)
                self._until(b"\r\n")
            while self._until(b"\r\n") != b"\r\n":
                pass
        else:
            while self._more():
                pass
            body = self._take(len(self._received))
        return Answer(version, int(status), headers, body)

    def is_closed(self) -> bool:
        """Whether the gateway ends the connection, with nothing more to say; waits for it."""
        assert self._received == b"", self._received
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def read_until(self, text: bytes) -> bytes:
        return self._until(text)

    def _more(self) -> bool:
        data = self.socket.recv(65536)
        self._received += data
        return bool(data)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._received:
            assert self._more(), f"the gateway closed before {mark!r}: {self._received[-500:]!r}"
        end = self._received.index(mark) + len(mark)
        return self._take(end)

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            assert self._more(), f"the gateway closed after {len(self._received)} of {count} bytes"
        taken, self._received = self._received[:count], self._received[count:]
        return taken
