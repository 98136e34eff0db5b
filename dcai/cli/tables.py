"""Tables of the simulations' commands."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table


def table(title: str, names: Iterable[str]) -> Table:
    """Return a table with columns of names, which are never cut; add the other columns to it."""
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name in names:
        made.add_column(name, no_wrap=True, overflow="fold")
    return made
