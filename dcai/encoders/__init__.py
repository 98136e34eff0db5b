"""Encoders: what turns a text, a table row or a vector into the features of a shared model, off chain.

The encoders are scikit-learn's transformers and import it when they are first asked for; `encoder_from_spec` makes what
encodes by a published spec without it.
"""

import lazy_loader

# the names are those of __init__.pyi
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
