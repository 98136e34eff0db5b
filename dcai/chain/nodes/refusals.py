"""What a node's refusal says, and asks for: patience, less at once, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import ceil

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from dcai.chain.nodes.url import hidden
from dcai.chain.rpc import RpcFailure
from dcai.times import duration_text
from dcai.untrusted import one_line

# Infura's, and the status of HTTP in JSON; others say it in words alone.
_RATE_CODES = {429, -32005, -32029}

_RATE = re.compile(
    r"too many (requests|calls)|rate.?limit|request rate|throttl|compute units|throughput|over capacity|quota"
    r"|(requests?|calls?) (count|limit|per)|per (second|minute)|back.?off",
    re.IGNORECASE,
)

# What a smaller part of the log would cure.
_LESS = re.compile(r"results|range|response size|too large|smaller|narrow|reduce", re.IGNORECASE)

_PASSING = re.compile(
    r"^(internal|server|internal server|internal json-?rpc) error\.?$|upstream|temporar|try again|service unavailable"
    r"|bad gateway|gateway time-?out|connection (reset|refused)|overload|timed? ?out",
    re.IGNORECASE,
)

_WAIT = re.compile(
    r"(?:backoff_seconds|re-?try(?:ing)?[ _-]?(?:again[ _-]?)?(?:in|after)|try[ _-]again[ _-](?:in|after))\W{1,4}"
    r"(\d{1,9}(?:\.\d{1,9})?)\s?(ms|m(?!s)|h)?",
    re.IGNORECASE,
)
_UNITS = {"ms": 0.001, "m": 60, "h": 3600}

# Further on in a message stands nothing that is looked for here.
_LONGEST = 1_000
_LONGEST_QUOTED = 200
_LONGEST_WAIT = 10**15

_HEADER = Retry()
_HEADER.retry_after_max = _LONGEST_WAIT  # newer versions have 6 hours


# Of JSON that isn't JSON-RPC: where gateways put their sentence, the best first.
_SENTENCES = ("message", "detail", "error_description", "error", "reason", "title")


class Lost(Exception):
    """No answer to a request came, but one may come if it is sent again.

    Attributes
    ----------
    error : Exception
        What is raised when patience ends.
    busy : bool
        Whether the node refuses because it is asked too often.
    after : float or None
        How long the node wants it to take, seconds.
    """

    def __init__(self, error: Exception, *, busy: bool = False, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.busy = busy
        self.after = after


def own_words(answer: object, text: bytes) -> str:
    """Return what an answer that isn't JSON-RPC says, as the end of a clause: nothing, or a colon and a quotation.

    Parameters
    ----------
    answer
        Its value, if it is JSON.
    text
        The answer itself; of a web page nothing is quoted.
    """
    said: object = text.decode(errors="replace") if answer is None and not is_page(text) else None
    while isinstance(answer, Mapping):
        # the error may be an object with a message of its own
        said = answer = next((answer[name] for name in _SENTENCES if answer.get(name)), None)
    quoted = one_line(hidden.hide(said.strip())) if isinstance(said, str) else ""
    return f': "{quoted[:_LONGEST_QUOTED].strip()}"' if quoted else ""


def is_page(text: bytes) -> bool:
    """Tell whether an answer is a web page."""
    return text.lstrip().startswith(b"<")


def asks_to_wait(after: float | None) -> str:
    """Return a sentence about how long a node asks to wait, in the two largest units; nothing where it doesn't."""
    return f" The node asks to wait {duration_text(ceil(after))}." if after and after < _LONGEST_WAIT else ""


def is_rate_limit(failure: RpcFailure, method: str) -> bool:
    """Tell whether a node refuses since it is asked too often, and not since it is asked for too much."""
    message = failure.message[:_LONGEST]
    log = method == "eth_getLogs"
    if _is_revert(failure) or (log and _LESS.search(message)):
        return False
    # of a log, the same code with "limit exceeded" stands for too large a part
    return _RATE.search(message) is not None or (failure.code in _RATE_CODES and not log)


def is_passing(failure: RpcFailure, method: str) -> bool:
    """Tell whether a node refuses for a reason that may be gone in a moment."""
    if _is_revert(failure) or method == "eth_getLogs":  # where a smaller part may be answered in time
        return False
    return _PASSING.search(failure.message[:_LONGEST]) is not None


def wait_asked(headers: Mapping[str, str], failure: RpcFailure | None) -> float | None:
    """Return how long a node wants to be left alone, seconds, by the header Retry-After or by its error."""
    header = headers.get("Retry-After")
    if header:
        try:
            return _HEADER.parse_retry_after(header)
        except (InvalidHeader, ValueError, OverflowError):
            return None
    if failure is None:
        return None
    found = _WAIT.search(f"{failure.message[:_LONGEST]} {json.dumps(failure.data)[:_LONGEST]}")
    return None if found is None else float(found[1]) * _UNITS.get(found[2] or "", 1)


def _is_revert(failure: RpcFailure) -> bool:
    """Tell whether the words may be a contract's."""
    told = f"{failure.message} {failure.data}".lower()
    return failure.code == 3 or "revert" in told or (isinstance(failure.data, str) and failure.data.startswith("0x"))
