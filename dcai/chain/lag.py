"""Several nodes behind one address: one may not have yet what another has told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from dcai.chain.rpc import RpcFailure

LAG_SECONDS = 15
"""How far one may lag behind another: a little more than a block of Ethereum."""

# of geth, erigon, reth, Besu, Parity, Avalanche
_BEHIND = re.compile(
    r"(header|block|height) (is )?(not found|not available)|unknown block|beyond (the )?(current )?head"
    r"|after last accepted block",
    re.IGNORECASE,
)

T = TypeVar("T")


def is_behind(failure: RpcFailure) -> bool:
    """Tell whether a node refuses a request since it doesn't have the block yet."""
    return _BEHIND.search(failure.message) is not None


def until_there(ask: Callable[[], T | None], seconds: float = LAG_SECONDS) -> T | None:
    """Ask until the answer is there, and return it; or the last one after so many seconds.

    Parameters
    ----------
    ask
        Returns None, or raises a failure that says so, where the node is behind.
    """
    from tenacity import (
        RetryCallState,
        Retrying,
        retry_if_exception,
        retry_if_result,
        stop_after_delay,
        wait_exponential,
    )

    def last(state: RetryCallState) -> T | None:
        assert state.outcome is not None
        found: T | None = state.outcome.result()
        return found

    asking = Retrying(
        retry=retry_if_result(lambda answer: answer is None)
        | retry_if_exception(lambda error: isinstance(error, RpcFailure) and is_behind(error)),
        wait=wait_exponential(multiplier=0.05, max=2),
        stop=stop_after_delay(seconds),
        retry_error_callback=last,
    )
    return asking(ask)
