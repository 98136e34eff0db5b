"""What a node's refusal asks for: patience, less at once, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from dcai.chain.rpc import RpcFailure

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


class Lost(Exception):
    """No answer to a request came, but one may come if it is sent again.

    Attributes
    ----------
    reason : str
    busy : bool
        Whether the node refuses because it is asked too often.
    late : bool
        Whether the answer didn't come in time.
    after : float or None
        How long the node wants it to take, seconds.
    failure : RpcFailure or None
        The error that it answered with.
    """

    def __init__(
        self,
        reason: str,
        *,
        busy: bool = False,
        late: bool = False,
        after: float | None = None,
        failure: RpcFailure | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.busy = busy
        self.late = late
        self.after = after
        self.failure = failure


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
            return Retry().parse_retry_after(header)
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
