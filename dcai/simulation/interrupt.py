"""Ctrl-C and SIGTERM, held back until they do no harm."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_Handler = Callable[[int, FrameType | None], object]


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until it is asked for, so that no block is made that the log doesn't know; and so SIGTERM.

    Yields a function that does what the signal that came does, which is to raise a KeyboardInterrupt. A second one
    isn't held back. Where the caller ignores Ctrl-C, as `nohup` and background jobs do, it stays ignored; where SIGTERM
    ends the process at once, it does. The handlers are the former ones afterwards.
    """
    came: list[int] = []
    handlers: dict[int, _Handler] = {}

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            handlers[number](number, frame)

    def ask() -> None:
        if came:
            handlers[came[0]](came[0], None)

    # only the main thread gets signals; a handler that isn't Python's can't be put back
    if threading.current_thread() is threading.main_thread():
        for held in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(held)
            if callable(before):
                handlers[held] = before
                signal.signal(held, note)
    try:
        yield ask
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
