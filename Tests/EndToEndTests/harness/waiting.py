"""Waiting for something that another process does."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

_pause = threading.Event()


def eventually(check: Callable[[], T], what: str, timeout: float = 20) -> T:
    """Asks `check` until its answer is true and returns it; fails, saying `what` did not happen, at `timeout`.

    An exception of a server that is not up yet counts as "no"; the last one is part of the failure.
    """
    deadline = monotonic() + timeout
    last: object = None
    while True:
        try:
            last = check()
            if last:
                return last
        except (OSError, AssertionError, LookupError) as error:
            last = repr(error)
        if monotonic() > deadline:
            raise AssertionError(f"after {timeout} s, still not: {what} (last: {last})")
        _pause.wait(0.02)


def pause(seconds: float) -> None:
    """Lets that time pass; for those who let things happen, never for those who check."""
    _pause.wait(seconds)
