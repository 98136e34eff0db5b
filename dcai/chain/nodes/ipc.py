"""JSON-RPC over a Unix socket: a local anvil's."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from dcai.chain.rpc import result_of
from dcai.errors import NodeError

TIMEOUT_SECONDS = 120

# a larger one is taken from the system anew for every answer
_CHUNK = 1 << 16


class Connection:
    """JSON-RPC over a Unix socket, one request at a time; threads wait for each other.

    A process that is forked off opens a socket of its own.

    Parameters
    ----------
    path
        Of the socket.
    timeout_seconds
        How long an answer is waited for.

    Raises
    ------
    OSError
        If nothing listens there.
    """

    def __init__(self, path: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._path = path
        self._timeout = timeout_seconds
        self._process = os.getpid()
        self._lock = Lock()
        self._socket: socket.socket | None = self._open()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket; the next request would open another."""
        opened = getattr(self, "_socket", None)  # there is none where it couldn't be opened
        if opened is not None:
            opened.close()
        self._socket = None

    def request(self, method: str, params: Sequence[object], meanwhile: Callable[[], None] | None = None) -> Any:
        """Send one request and return its result; do something else until it is there.

        Raises
        ------
        RpcFailure
            If the node answers with an error.
        NodeError
            If it doesn't answer.
        """
        return result_of(self.exchange({"jsonrpc": "2.0", "id": 0, "method": method, "params": params}, meanwhile))

    def request_many(self, method: str, many: Sequence[Sequence[object]]) -> list[Any]:
        """Send requests of one method together and return their results."""
        batch = [{"jsonrpc": "2.0", "id": at, "method": method, "params": params} for at, params in enumerate(many)]
        answers = self.exchange(batch)
        return [result_of(answer) for answer in sorted(answers, key=lambda answer: int(answer["id"]))]

    def exchange(self, message: object, meanwhile: Callable[[], None] | None = None) -> Any:
        """Send a message and return the answer."""
        # after a fork the parent's socket has the parent's answers, and its lock may be held
        if os.getpid() != self._process:
            self.close()
            self._process, self._lock = os.getpid(), Lock()
        with self._lock:
            whole = False
            try:
                answer = self._exchange(message, meanwhile)
                whole = True
                return answer
            except TimeoutError:
                asked = message["method"] if isinstance(message, dict) else "a batch"
                raise NodeError(f"The local chain hasn't answered {asked} within {self._timeout} s.") from None
            except OSError as error:
                raise NodeError(f"The local chain doesn't answer any more: {error}; start another.") from error
            finally:
                if not whole:
                    self.close()  # a late answer must not be taken for that of the next request

    def _exchange(self, message: object, meanwhile: Callable[[], None] | None) -> Any:
        if self._socket is None:
            self._socket = self._open()
        self._socket.sendall(json.dumps(message).encode())
        if meanwhile:
            meanwhile()
        received = b""
        while chunk := self._socket.recv(_CHUNK):
            received += chunk
            try:
                return json.loads(received)
            except ValueError:  # the rest is on its way
                continue
        raise NodeError("The local chain has ended: it was closed, or anvil was; start another.")

    def _open(self) -> socket.socket:
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(self._timeout)
        try:
            opened.connect(self._path)
        except OSError:
            opened.close()
            raise
        return opened
