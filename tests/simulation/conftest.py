"""What the tests of simulations share."""

from __future__ import annotations

import signal

import pytest


@pytest.fixture(autouse=True)
def interruptible():
    """Take Ctrl-C, even where the caller of the tests ignores it, as nohup does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
