"""Models: scikit-learn's classifiers around the twins of contracts.

They import scikit-learn when they are first asked for; `dcai.models.twins` never does.
"""

import lazy_loader

# the names are those of __init__.pyi
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
