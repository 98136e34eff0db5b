"""The network that is named before a command: `dcai --network sepolia predict …`."""

from __future__ import annotations

from contextvars import ContextVar

named_network: ContextVar[str | None] = ContextVar("named_network", default=None)
