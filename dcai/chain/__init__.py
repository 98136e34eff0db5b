"""Where a trainer lives: the embedded py-evm, a local anvil, or any other JSON-RPC node."""

import lazy_loader

# the names are those of __init__.pyi; nodes import accounts, which import calls
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
