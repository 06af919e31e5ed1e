"""A caller on a bare socket: to hang up at will, and to see what SDKs hide (trailers, comments)."""

import json
import socket
from dataclasses import dataclass

from .gateway import Caller


@dataclass
class RawResponse:
    """A chunked response, taken apart."""

    status: int
    headers: dict[str, str]
    body: str
    trailers: dict[str, str]


class RawRequest:
    """A request that is on its way."""

    def __init__(self, caller: Caller, body: dict, port: int):
        data = json.dumps(body).encode()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer %s\r\nTE: trailers\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (caller.key.encode(), len(data), data)
        )
        self._received = b""

    def read_until(self, text: str) -> None:
        """Reads on until `text` was received."""
        while text.encode() not in self._received:
            data = self._socket.recv(65536)
            assert data, f"the gateway closed before {text!r}: {self._received[-500:]!r}"
            self._received += data

    def hang_up(self) -> None:
        self._socket.close()

    def read_to_end(self) -> RawResponse:
        while data := self._socket.recv(65536):
            self._received += data
        self._socket.close()
        head, _, rest = self._received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode().split("\r\n")
        headers = _fields(lines)
        body = b""
        trailers: list[str] = []
        if headers.get("transfer-encoding") == "chunked":
            while True:
                size, _, rest = rest.partition(b"\r\n")
                length = int(size.split(b";")[0], 16)
                if length == 0:
                    trailers = [line for line in rest.decode().split("\r\n") if line]
                    break
                body += rest[:length]
                rest = rest[length + 2 :]
        else:
            body = rest
        return RawResponse(int(status_line.split()[1]), headers, body.decode(), _fields(trailers))


def _fields(lines: list[str]) -> dict[str, str]:
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
