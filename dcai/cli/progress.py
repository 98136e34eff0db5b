"""The progress of what takes a while."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dcai import terminal


def counting() -> Progress:
    """Return a progress bar that counts: what, how much of how many, and the time that is left."""
    return terminal.progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )
