"""Where a trainer lives: the embedded py-evm, a local anvil, or any other JSON-RPC node."""

from dcai.chain.chain import Chain, Receipt
from dcai.chain.nodes.anvil import local_chain
from dcai.chain.nodes.remote import connect

__all__ = ["Chain", "Receipt", "connect", "local_chain"]
