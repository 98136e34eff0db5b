"""What each incentive is set up with, and what can be asked of it."""

import lazy_loader

# the names are those of __init__.pyi
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
