"""A node that several processes ask: each over connections of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from dcai.chain.rpc import Request


class PerProcess:
    """Asks a node over connections of this process.

    A process that was forked off has its parent's, and would read the answers that are meant for the parent.

    Parameters
    ----------
    make
        Makes what sends requests.
    """

    def __init__(self, make: Callable[[], Request]) -> None:
        self._make = make
        self._process, self._request = os.getpid(), make()

    def __call__(self, method: str, params: Sequence[object]) -> Any:
        """Send one request and return its result."""
        if os.getpid() != self._process:
            self._process, self._request = os.getpid(), self._make()
        return self._request(method, params)
