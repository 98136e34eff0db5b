from .call import Call
from .chain import Chain
from .nodes.anvil import local_chain
from .nodes.remote import connect
from .receipts import Receipt

__all__ = ["Call", "Chain", "Receipt", "connect", "local_chain"]
