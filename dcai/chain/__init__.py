"""Where a trainer lives: the embedded py-evm, a local anvil, or any other JSON-RPC node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.receipts import Receipt

if TYPE_CHECKING:
    from dcai.chain.nodes.anvil import local_chain
    from dcai.chain.nodes.remote import connect

__all__ = ["Call", "Chain", "Receipt", "connect", "local_chain"]


def __getattr__(name: str) -> object:
    """Import what starts and finds nodes when it is asked for: nodes import accounts, which import calls."""
    if name == "connect":
        from dcai.chain.nodes.remote import connect

        return connect
    if name == "local_chain":
        from dcai.chain.nodes.anvil import local_chain

        return local_chain
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
