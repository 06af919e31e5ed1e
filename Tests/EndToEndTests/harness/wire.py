"""The messages in the bytes between a worker and a gateway, without ending the connection at either side.

HTTP/2 (RFC 9113) frames, in whose DATA frames gRPC puts each message behind five bytes: whether it is compressed,
and its length. The messages are a `oneof` each, so the first byte of one tells which it is.
"""

from collections.abc import Iterator
from enum import Enum

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _END_STREAM, _PADDED = 0, 0x1, 0x8


class Message(Enum):
    """What a test can wait for on the wire: the direction, and the field's number in `worker.proto`."""

    JOB_OFFER = ("to worker", 5)
    RECEIPT_ACCEPTED = ("to worker", 8)
    PAYOUT = ("to worker", 10)
    JOB_ACCEPTED = ("to gateway", 5)
    JOB_DELTA = ("to gateway", 7)
    JOB_FINISHED = ("to gateway", 8)


class WireReader:
    """Takes one direction of one connection apart.

    The pieces that it returns are, one after the other, the same bytes for the receiver: a DATA frame may come as
    several, so that each message begins a piece of its own.
    """

    def __init__(self, direction: str):
        self._fields = {message.value[1]: message for message in Message if message.value[0] == direction}
        self._unread = b""
        self._preface_is_due = direction == "to gateway"
        # The start of a message whose length or kind is still to come, and what is left of one that has begun.
        self._begun = b""
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[bytes, Message | None]]:
        """Pieces of the connection, each with the message that begins it, if one does."""
        self._unread += data
        if self._preface_is_due:
            if len(self._unread) < len(_PREFACE):
                return
            self._preface_is_due = False
            yield self._take(len(_PREFACE)), None
        while len(self._unread) >= 9:
            length, kind, flags = int.from_bytes(self._unread[:3]), self._unread[3], self._unread[4]
            if len(self._unread) < 9 + length:
                return
            frame = self._take(9 + length)
            if kind == _DATA:
                assert not flags & _PADDED, "neither side pads its frames"
                yield from self._messages(frame[5:9], flags, frame[9:])
            else:
                yield frame, None

    def _take(self, count: int) -> bytes:
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def _messages(self, stream: bytes, flags: int, payload: bytes) -> Iterator[tuple[bytes, Message | None]]:
        payload = self._begun + payload
        self._begun = b""
        pieces: list[tuple[bytes, Message | None]] = []
        while payload:
            message = None
            if self._left == 0:
                # Five bytes of gRPC's and the first of the message; an empty message has none.
                length = int.from_bytes(payload[1:5]) if len(payload) >= 5 else 1
                if len(payload) < 5 + min(length, 1):
                    self._begun = payload
                    break
                message = self._fields.get(payload[5] >> 3) if length else None
                self._left = 5 + length
            part, payload = payload[: self._left], payload[self._left :]
            self._left -= len(part)
            pieces.append((part, message))
        if flags & _END_STREAM:
            pieces.append((self._begun, None))
        for number, (part, message) in enumerate(pieces, 1):
            own = flags if number == len(pieces) else flags & ~_END_STREAM
            yield len(part).to_bytes(3) + bytes([_DATA, own]) + stream + part, message
