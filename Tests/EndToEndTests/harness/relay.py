"""A wire between a worker and a gateway that a test can cut, hold, and stop at a message."""

import contextlib
import socket
import threading

from .wire import Message, WireReader

TO_GATEWAY, TO_WORKER = "to gateway", "to worker"


class Stop:
    """Holds the wire of the relay that the awaited message comes to first, just before that message."""

    def __init__(self, message: Message, number: int = 1):
        self.message = message
        # How many of its kind have come.
        self.seen = 0
        # The relay that the message has come to.
        self.relay: Relay | None = None
        self.reached = threading.Event()
        self._number = number
        self._lock = threading.Lock()

    def holds(self, relay: "Relay", message: Message | None) -> bool:
        """Whether this is the awaited message; true once."""
        with self._lock:
            if message is not self.message or self.relay is not None:
                return False
            self.seen += 1
            if self.seen < self._number:
                return False
            self.relay = relay
        self.reached.set()
        return True

    def wait(self, timeout: float = 30) -> "Relay":
        """The relay that holds the message."""
        assert self.reached.wait(timeout), f"{self.message} did not come within {timeout} s"
        assert self.relay is not None
        return self.relay


class Relay:
    """Passes bytes on from its own port to another one on this machine."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._target = 0
        self._open: list[socket.socket] = []
        self._changed = threading.Condition()
        # Counts the cuts: what was held for an older connection is dropped.
        self._cuts = 0
        self._held: set[str] = set()
        self._stop: Stop | None = None
        self.connections = 0

    def serve(self, target: int) -> None:
        """Starts to pass on connections to the port `target`."""
        self._target = target
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Breaks every connection, as a router that restarts does, and drops what it held; new ones go through."""
        with self._changed:
            cut, self._open = self._open, []
            self._cuts += 1
            self._held.clear()
            self._changed.notify_all()
        for end in cut:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hold(self, *directions: str) -> None:
        """Passes nothing on in these directions, also on new connections, until it is released or cut."""
        with self._changed:
            self._held.update(directions)

    def release(self) -> None:
        """Passes on what was held, and goes on."""
        with self._changed:
            self._held.clear()
            self._changed.notify_all()

    def stop_at(self, stop: Stop) -> None:
        """Holds the direction of the stop's message from that message on; connections made before do not count."""
        self._stop = stop

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self._open = [*(end for end in self._open if end.fileno() >= 0), near, far]
                self.connections += 1
                cuts = self._cuts
            pair = _Pair(near, far)
            for source, sink, direction in ((near, far, TO_GATEWAY), (far, near, TO_WORKER)):
                threading.Thread(target=self._pass_on, args=(pair, source, sink, direction, cuts), daemon=True).start()

    def _pass_on(self, pair: "_Pair", source: socket.socket, sink: socket.socket, direction: str, cuts: int) -> None:
        reader = WireReader(direction) if self._stop else None
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                for piece, message in reader.feed(data) if reader else [(data, None)]:
                    if self._stop and self._stop.holds(self, message):
                        self.hold(direction)
                    self._wait_while_held(direction, cuts)
                    sink.sendall(piece)
        with contextlib.suppress(OSError):
            self._wait_while_held(direction, cuts)
        pair.one_way_ended()

    def _wait_while_held(self, direction: str, cuts: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: direction not in self._held or self._cuts != cuts)
            if self._cuts != cuts:
                raise OSError("the wire was cut")


class _Pair:
    """The two ends of a connection; closed when both of its ways have ended."""

    def __init__(self, near: socket.socket, far: socket.socket):
        self._ends = (near, far)
        self._ways = 2
        self._lock = threading.Lock()

    def one_way_ended(self) -> None:
        with self._lock:
            self._ways -= 1
            last = self._ways == 0
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            if last:
                end.close()
