"""Tables and verdicts of docs/attacks.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.attacks import KEYS, Attack


@dataclass(frozen=True)
class Verdict:
    """Settings by where the whole interval of a figure lies: below a limit, above it, or neither.

    Attributes
    ----------
    below, above, open : tuple of str
    """

    below: tuple[str, ...]
    above: tuple[str, ...]
    open: tuple[str, ...]

    @classmethod
    def of(cls, found: Mapping[str, Interval], limit: float = 0) -> Verdict:
        """Sort settings by the intervals that were found with them."""
        below = tuple(sets for sets, one in found.items() if one.mean + one.half < limit)
        above = tuple(sets for sets, one in found.items() if one.mean - one.half > limit)
        return cls(below, above, tuple(sets for sets in found if sets not in (*below, *above)))

    def cells(self) -> list[str]:
        """Return the settings as cells: below, neither, above."""
        return [", ".join(map(label, some)) or "none" for some in (self.below, self.open, self.above)]


def label(sets: str) -> str:
    """Return settings of an incentive as code, without the section that they are all in."""
    return f"`{sets.replace('incentive.', '')}`"


def keys_told(attacks: Iterable[Attack]) -> str:
    """Return a sentence that says what each setting of some attacks is."""
    keys = {
        one.split("=")[0].removeprefix("incentive.")
        for attack in attacks
        for sets in attack.sets
        for one in sets.split()
    }
    return f"What is set: {'; '.join(f'`{key}`, {KEYS[key]}' for key in sorted(keys))}."


def wrapped(text: str) -> str:
    """Return paragraphs with lines of the same length, whatever was filled in."""
    return "".join(
        fill(one, 120, break_long_words=False, break_on_hyphens=False) + "\n\n" for one in text.split("\n\n") if one
    )


def names_told(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return ", ".join(names) or "no attack"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, text: int = 1) -> str:
    """Return a table, with so many columns of text at the left and, at the right, the others.

    Columns whose name ends with "with" hold text, too.
    """
    marks = ["---" if at < text or name.endswith("with") else "--:" for at, name in enumerate(head)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, marks, *rows)) + "\n"
