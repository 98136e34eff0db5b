"""What can go wrong, as exceptions: one base class, one sentence a person understands."""

from __future__ import annotations


class DcaiError(Exception):
    """Base of every error that `dcai` raises on purpose; its text is one sentence for a person."""


class InvalidInput(DcaiError, ValueError):
    """A value that was refused before anything was sent: the text names it, the limit and the way out."""
