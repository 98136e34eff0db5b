"""The progress of what takes a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from dcai import terminal


@contextmanager
def counting(what: str, preparing: str) -> Iterator[Callable[..., None]]:
    """Show a progress bar that counts: what, how much of how many, and the time that is left.

    Yields a function of (done, total), and another description if that changes. There is no bar before its first call:
    what is refused at once, isn't reported under an empty bar. Until then a terminal shows what is being prepared.
    """
    bar = terminal.progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )
    task = bar.add_task(what, total=None)
    with ExitStack() as shown:
        preparation = shown.enter_context(ExitStack())
        preparation.enter_context(terminal.Console(stderr=True).status(f"{preparing} …"))

        def show(done: int, total: int, description: str = what) -> None:
            preparation.close()
            if not bar.live.is_started:
                shown.enter_context(bar)
            bar.update(task, completed=done, total=total, description=description)

        yield show
