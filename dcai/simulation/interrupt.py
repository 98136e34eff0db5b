"""Ctrl-C, held back until it does no harm."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until it is asked for, so that no block is made that the log doesn't know.

    Yields a function that raises the KeyboardInterrupt that came. A second Ctrl-C isn't held back. Where the caller
    ignores Ctrl-C, as `nohup` and background jobs do, it stays ignored. The handler is the former one afterwards.
    """
    came = False

    def note(*_: object) -> None:
        nonlocal came
        if came:
            raise KeyboardInterrupt
        came = True

    def ask() -> None:
        if came:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    # only the main thread gets signals; None is a handler that isn't Python's, and can't be put back
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield ask
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield ask
    finally:
        signal.signal(signal.SIGINT, before)
