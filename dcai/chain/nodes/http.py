"""JSON-RPC over HTTP: one request, sent again while its answer is lost, the node is busy, or patience lasts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError, SSLError, TimeoutError
from urllib3.util import make_headers, parse_url

from dcai import untrusted
from dcai.chain.nodes import refusals
from dcai.chain.nodes.refusals import Lost, asks_to_wait, own_words
from dcai.chain.rpc import RpcFailure, failure_in
from dcai.errors import NodeError, NodeUnreachable, TooManyRequests

PATIENCE_SECONDS = 30
"""How long an answer is waited for, and how long a node that is asked too often."""

ATTEMPTS = 6
"""How often one request is sent at most: everything sent here can be sent twice."""

# A node answers with more only where somebody wants to fill our memory.
_MOST_BYTES = 1 << 27
_CHUNK = 1 << 16

# No proxy can reach them for us.
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Threads that ask at the same time keep a connection each.
_CONNECTIONS = 32

# A server or what stands before it is busy, or lost the answer of what stands behind it; 520 to 530 are Cloudflare's.
_PASSING = {408, 425, 500, 502, 503, 504, 509, *range(520, 531)}
_LATE = {408, 504, 522, 524}

# Of keys, passwords and plans.
_REFUSED = {401, 402, 403, 407}


class Node:
    """A node behind a URL.

    Parameters
    ----------
    url
    shown
        How errors name it.
    patience
        How long an answer is waited for, seconds, at most `PATIENCE_SECONDS`.

    Raises
    ------
    ValueError, urllib3.exceptions.LocationParseError
        If the URL is malformed.
    """

    def __init__(self, url: str, shown: str, patience: float = PATIENCE_SECONDS) -> None:
        self.shown = shown
        self._url = url
        self._patience = min(patience, PATIENCE_SECONDS)
        self._numbers = count()
        self._pool = _pool_for(url)
        self._headers = _headers_for(url)

    def close(self) -> None:
        """Close the connections; the next request would open another."""
        self._pool.clear()

    def request(self, method: str, params: Sequence[object]) -> Any:
        """Send a request and return its result.

        Raises
        ------
        RpcFailure
            If the node answers with an error.
        NodeUnreachable, TooManyRequests
            If it doesn't answer at all, or is asked too often, in spite of `ATTEMPTS`.
        NodeError
            If the answer is malformed, too large, or comes too late.
        """
        body = json.dumps({"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}).encode()
        asking = Retrying(
            retry=retry_if_exception_type(Lost), wait=self._wait, stop=self._stop, retry_error_callback=self._give_up
        )
        try:
            return asking(self._ask_once, method, body)
        except RpcFailure as failure:
            failure.repeated = asking.statistics["attempt_number"] > 1
            raise

    def _ask_once(self, method: str, body: bytes) -> Any:
        status, headers, text = self._post(body)
        answer, told = _parsed(text)
        failure = failure_in(answer)
        if status == 429 or (failure is not None and refusals.is_rate_limit(failure, method)):
            raise self._asked_too_often(refusals.wait_asked(headers, failure))
        if status in _REFUSED and not (failure is not None and failure.code is not None):
            raise NodeError(
                f"{self.shown} refuses access (status {status}){own_words(answer, text)}. Check the key or password in "
                "its address."
            )
        if status in _PASSING and not (status == 500 and failure is not None):
            raise self._busy(status, failure, refusals.wait_asked(headers, None))
        if failure is not None:
            if refusals.is_passing(failure, method):
                raise Lost(failure)
            raise failure
        if 300 <= status < 400:
            raise NodeError(
                f"{self.shown} sends on to {_host(headers.get('Location', ''))}, which isn't followed: connect to that "
                "address if you trust it."
            )
        if not 200 <= status < 300:
            raise NodeError(
                f"{self.shown} answers with status {status}{own_words(answer, text)}. It may not be a JSON-RPC node: "
                "check the address."
            )
        if not told:
            raise self._no_json(text)
        if not isinstance(answer, dict) or "result" not in answer:
            raise NodeError(
                f"{self.shown} doesn't answer as a JSON-RPC node does{own_words(answer, text)}. Check the address."
            )
        return answer["result"]

    # What is raised when patience ends

    def _asked_too_often(self, after: float | None) -> Lost:
        told = f"{self.shown} refuses: too many requests.{asks_to_wait(after)} Try again later, or use another node."
        return Lost(TooManyRequests(told), busy=True, after=after)

    def _busy(self, status: int, failure: RpcFailure | None, after: float | None) -> Lost:
        if failure is not None:
            return Lost(failure, after=after)
        if status in _LATE:
            return self._late(after)
        told = f"{self.shown} answers with status {status}.{asks_to_wait(after)} Try again later, or check the address."
        return Lost(NodeError(told), after=after)

    def _late(self, after: float | None = None) -> Lost:
        return Lost(
            NodeError(
                f"{self.shown} hasn't answered in time (up to {ATTEMPTS} attempts, of up to {self._patience:g} s each)."
                f"{asks_to_wait(after)} Try again later, or use another node."
            ),
            after=after,
        )

    def _no_json(self, text: bytes) -> Lost:
        what = "answers with nothing" if not text.strip() else "answers with a web page"
        if text.strip() and not refusals.is_page(text):
            what = "doesn't answer in JSON"
        return Lost(NodeError(f"{self.shown} {what}, as no JSON-RPC node does: try again later, or check the address."))

    def _gone(self) -> Lost:
        return Lost(
            NodeUnreachable(
                f"No node answers at {self.shown} (up to {ATTEMPTS} attempts); check the address and that the node "
                "runs."
            )
        )

    def _post(self, body: bytes) -> tuple[int, urllib3.HTTPHeaderDict, bytes]:
        """Send one request, and return status, headers and body of its answer, however much or slowly it sends."""
        try:
            answer = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers=self._headers,
                retries=False,
                redirect=False,
                timeout=self._patience,
                preload_content=False,
            )
            with answer:
                return answer.status, answer.headers, self._read(answer)
        # the texts of these errors may hold the path, which may hold a key
        except ValueError:
            raise NodeError(f"{self.shown} can't be asked; check the address.") from None
        except TimeoutError as error:  # of urllib3's, not the built-in one
            raise (self._late() if isinstance(error, ReadTimeoutError) else self._gone()) from None
        except SSLError as error:
            if "CERTIFICATE_VERIFY_FAILED" not in str(error):
                raise self._gone() from None
            raise NodeError(
                f"{self.shown} has no certificate that is trusted here: check the address, or set SSL_CERT_FILE."
            ) from None
        except DecodeError:
            raise Lost(
                NodeError(f"{self.shown} sends a broken compression; try again later, or use another node.")
            ) from None
        except HTTPError:
            raise self._gone() from None

    def _read(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        parts: list[bytes] = []
        size, end = 0, time.monotonic() + 2 * self._patience
        while part := answer.read1(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > _MOST_BYTES:
                answer.close()
                raise NodeError(f"{self.shown} answers with more than {_MOST_BYTES:,} bytes: ask for less at once.")
            if time.monotonic() > end:
                answer.close()
                raise self._late()
        return b"".join(parts)

    # Patience

    def _wait(self, state: RetryCallState) -> float:
        lost = _lost(state)
        step: float = min((0.5 if lost.busy else 0.1) * 2 ** (state.attempt_number - 1), 8)
        return step if lost.after is None else min(max(lost.after, 0.1), max(self._patience - state.idle_for, 0.1))

    def _stop(self, state: RetryCallState) -> bool:
        since_start = state.seconds_since_start or 0
        return state.attempt_number >= ATTEMPTS or state.idle_for >= self._patience or since_start >= 2 * self._patience

    def _give_up(self, state: RetryCallState) -> Any:
        raise _lost(state).error from None


def _parsed(text: bytes) -> tuple[Any, bool]:
    """Return what a text says in JSON, and whether it is JSON at all."""
    try:
        return untrusted.parse(text), True
    except ValueError:
        return None, False


def _lost(state: RetryCallState) -> Lost:
    lost = state.outcome and state.outcome.exception()
    assert isinstance(lost, Lost)
    return lost


def _host(url: str) -> str:
    """Return scheme and host of a URL, which a stranger wrote."""
    try:
        parts = urlsplit(url)
        shown = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "another address"
    return shown if parts.hostname and shown.isprintable() else "another address"


def _pool_for(url: str) -> urllib3.PoolManager:
    """Return the connections to a URL: through the proxy that the environment names, unless it is this machine."""
    parts = urlsplit(url)
    certificates = os.environ.get("SSL_CERT_FILE") or certifi.where()
    proxy = getproxies().get(parts.scheme)
    host = parts.hostname or ""
    if proxy and host not in _LOOPBACK and not proxy_bypass(host):
        return urllib3.ProxyManager(proxy, ca_certs=certificates, maxsize=_CONNECTIONS)
    return urllib3.PoolManager(ca_certs=certificates, maxsize=_CONNECTIONS)


def _headers_for(url: str) -> dict[str, str]:
    """Return the headers of a request: a name and a password that stand in the URL among them."""
    auth = parse_url(url).auth
    return {"Content-Type": "application/json", **make_headers(basic_auth=auth and unquote(auth))}
