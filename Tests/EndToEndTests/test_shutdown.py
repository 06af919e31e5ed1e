"""Daemons that are asked to end while the whole world dials them."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from harness.network import Network
from harness.waiting import eventually


@contextlib.contextmanager
def dialling(port: int, threads: int = 6) -> Iterator[list[int]]:
    """Opens connections to the port without pause, as the callers and workers of a network do that comes back."""
    over = threading.Event()
    opened = [0]

    def dial() -> None:
        kept: list[socket.socket] = []
        while not over.is_set():
            with contextlib.suppress(OSError):
                kept.append(socket.create_connection(("127.0.0.1", port), timeout=5))
                opened[0] += 1
            if len(kept) > 8:
                kept.pop(0).close()
        for connection in kept:
            connection.close()

    diallers = [threading.Thread(target=dial, daemon=True) for _ in range(threads)]
    for dialler in diallers:
        dialler.start()
    try:
        yield opened
    finally:
        over.set()
        for dialler in diallers:
            dialler.join(10)


@pytest.mark.parametrize("listener", ["callers", "workers"])
def test_a_gateway_that_is_dialled_while_it_ends_ends_well(network: Network, listener: str):
    """A connection that is just being accepted when its listener goes must not take the process with it."""
    gateway = network.gateway
    for _ in range(5):
        with dialling(gateway.port if listener == "callers" else gateway.worker_port) as opened:
            eventually(lambda opened=opened: opened[0] > 50, "it is dialled")
            assert gateway.stop() == 0, gateway.process.output()[-3000:]
        gateway.start()
        gateway.wait_ready()
