"""Waiting for a block that isn't there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcai.chain.rpc import RpcFailure
from dcai.errors import NodeError

if TYPE_CHECKING:
    from dcai.chain.chain import Chain

# Ethereum's; most other chains are faster.
_BLOCK_SECONDS = 12


def reach(chain: Chain, number: int) -> None:
    """Wait until there is a block: see `Chain.reach`."""
    missing = number - chain.block_number()
    if chain.is_local:
        for _ in range(missing):
            chain.travel(1)
        return
    if missing > 0 and _mines_on_demand(chain):
        chain.request("anvil_mine", [hex(missing)])
        return
    from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

    waiting = Retrying(
        stop=stop_after_delay(60 + 2 * _BLOCK_SECONDS * max(missing, 0)),
        wait=wait_fixed(1),
        retry=retry_if_result(lambda latest: latest < number),
        retry_error_callback=lambda state: -1,
    )
    if waiting(chain.block_number) < number:
        raise NodeError(f"Block {number} isn't there yet; try again later.")


def _mines_on_demand(chain: Chain) -> bool:
    """Tell whether an anvil is there that makes no block without a transaction."""
    try:
        return chain.request("anvil_getAutomine", []) is True
    except (NodeError, RpcFailure):
        return False
