"""A node that several processes ask: each over connections of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from dcai.chain.nodes.http import Node


class PerProcess:
    """Asks a node over connections of this process.

    A process that was forked off has its parent's, and would read the answers that are meant for the parent.

    Parameters
    ----------
    make
        Makes what sends requests.
    """

    def __init__(self, make: Callable[[], Node]) -> None:
        self._make = make
        self._process, self._node = os.getpid(), make()

    def request(self, method: str, params: Sequence[object]) -> Any:
        """Send a request and return its result: see `Node.request`."""
        if os.getpid() != self._process:
            self._process, self._node = os.getpid(), self._make()
        return self._node.request(method, params)

    def close(self) -> None:
        """Close the connections; the next request would open another."""
        if os.getpid() == self._process:
            self._node.close()
