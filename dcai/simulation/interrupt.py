"""Ctrl-C at a moment when nothing is half-done."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self


class Interrupt:
    """Keeps Ctrl-C until somebody asks for it; a second one is raised at once.

    A context manager. Beside the main thread, which alone is interrupted, it does nothing.

    Attributes
    ----------
    requested : bool
    """

    def __init__(self) -> None:
        self.requested = False
        self._former: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._former = signal.signal(signal.SIGINT, self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)

    def _keep(self, *_: object) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
