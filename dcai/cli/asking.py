"""The question before money is spent."""

from __future__ import annotations

from rich.prompt import Confirm

from dcai.terminal import Console


def agreed(errors: Console) -> bool:
    """Ask whether to send; no answer means no."""
    try:
        # not typer's, which writes a space to standard output
        return Confirm.ask("Send it?", console=errors, default=False)
    except EOFError:  # nobody is there to answer
        errors.print()
        return False
