"""Codings: what encodes one input by a published spec; importing and using them needs nothing heavier than NumPy."""
