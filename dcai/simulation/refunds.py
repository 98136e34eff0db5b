"""Whose deposits came back, by the true class of a sample: honest contributors of a rare class may lose theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class ClassRefunds:
    """What became of the contributions of one class.

    Attributes
    ----------
    name : str
        The true class.
    right, refunded : int
        Contributions with that label, and how many of them their authors got back: refunded, or under Gamified
        validated.
    wrong, wrong_refunded : int
        The same of contributions of its samples with another label.
    """

    name: str
    right: int
    refunded: int
    wrong: int
    wrong_refunded: int

    @property
    def rate(self) -> float | None:
        """The part of contributions with the right label that came back; None if there are none."""
        return self.refunded / self.right if self.right else None

    def row(self) -> tuple[str, ...]:
        """Return the cells of a table: see `HEAD`."""
        return (
            self.name,
            f"{self.right:,}",
            _part(self.refunded, self.right),
            f"{self.wrong:,}",
            _part(self.wrong_refunded, self.wrong),
        )


TITLE = "Came back to honest and to wrong labels"
HEAD = ("true class", "right labels", "came back", "wrong labels", "came back")
"""Titles of the cells of `ClassRefunds.row`."""


def refunds(actions: pd.DataFrame, classes: Sequence[str], function: str | None) -> Iterator[ClassRefunds]:
    """Yield the contributions of each class with what came back.

    Parameters
    ----------
    actions
        See `Recorder.actions`.
    classes
        In the order of their numbers.
    function
        With which authors get back what they contributed; None where they don't.
    """
    if function is None:
        return
    done = actions[actions["ok"]]
    back = set(done["id"][done["function"] == function])
    made = done[(done["function"] == "contribute") & (done["truth"] >= 0)]
    came, right = made["id"].isin(back), made["label"] == made["truth"]
    for number, name in enumerate(classes):
        own = made["truth"] == number
        counts = [int(some.sum()) for some in (own & right, own & right & came, own & ~right, own & ~right & came)]
        yield ClassRefunds(name, *counts)


def _part(count: int, of: int) -> str:
    return f"{count:,} ({count / of:.0%})" if of else "-"
