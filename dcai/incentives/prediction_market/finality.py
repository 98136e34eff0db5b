"""Waits until the draw of a portion is final: no reorganisation can bring another draw any more."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from dcai.incentives.prediction_market.course import Course

if TYPE_CHECKING:
    from rich.progress import TaskID

    from dcai.incentives.prediction_market.trainer import MarketTrainer

# Reports of progress while a chain finalizes what is missing at the beginning.
_REPORTS = 8


class Waiting:
    """Waits for the finality of a market's draw, and shows how far it is.

    A provider who opened a portion that a reorganisation then replaces has shown a part of the test set that counts.

    Parameters
    ----------
    market : MarketTrainer
    progress : bool
        Whether to show something.
    """

    def __init__(self, market: MarketTrainer, progress: bool) -> None:
        from dcai import terminal  # what it is made of takes long to import

        self._market, self._chain = market, market.chain
        self._bar = terminal.progress(shown=progress)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def is_over(self, course: Course) -> bool:
        """Tell whether the drawn portion can be opened; if not, wait for a while, after which to look again."""
        if self._chain.is_local:  # nothing reorganises it
            return True
        final = self._chain.finalized()
        drawn_in = self._block_of_the_draw(course)
        if final is None or final >= drawn_in or self._must_open(course):
            return True
        missing = drawn_in - final
        self._show(drawn_in, missing)
        self._chain.reach(self._chain.block_number() + 1 + missing // _REPORTS)
        return False

    def _block_of_the_draw(self, course: Course) -> int:
        logs = self._chain.logs(self._market.address, first_block=course.target)
        events = [event for log in logs if (event := self._market.contract.event(log)) is not None]
        draws = [event.block_number for event in events if event.name == "Drawn"]
        # a node may not show it yet
        return draws[-1] if draws else self._chain.block_number()

    def _must_open(self, course: Course) -> bool:
        """Tell whether the deadline is so near that waiting would risk the bounty."""
        open_within, *_ = self._market.incentive.times()
        return 4 * (self._chain.now() - course.committed_at) >= 3 * open_within

    def _show(self, drawn_in: int, missing: int) -> None:
        if self._task is None:
            self._bar.start()
            self._bar.console.print(
                f"The portion was drawn in block {drawn_in:,}. It is opened once that block is final: a reorganisation "
                "could still bring another draw, and what is opened stays known."
            )
            self._task = self._bar.add_task("Waiting for finality", total=missing)
        total = max(missing, int(self._bar.tasks[self._task].total or 0))
        self._bar.update(self._task, total=total, completed=total - missing)
