"""What stands in a trainer's code: see contracts/types/Settings.sol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive

# Names stand in code, which costs 200 gas a byte.
_MAX_NAMES = 4_096


@dataclass(frozen=True)
class Settings:
    """What a trainer was made with.

    Attributes
    ----------
    incentive : Incentive
    model : bytes
        The model's ten bytes, as `Model.settings` gives them.
    name : str
    labels : tuple of str
        What its creator wrote as the names of the classes that the trainer was made with: see `classes`.
    """

    incentive: Incentive
    model: bytes
    name: str
    labels: tuple[str, ...]

    @property
    def features(self) -> int:
        """How many features the model has."""
        return int.from_bytes(self.model[1:3], "big")

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes that the trainer was made with: one for each, all different."""
        return self.all_classes("\n".join((self.name, *self.labels)))

    def all_classes(self, names: str) -> tuple[str, ...]:
        """Return a name for each class that there is now, all different.

        Parameters
        ----------
        names
            What the contract gives for its names. A creator may have written more or fewer labels than there are
            classes, or some twice; the names of added classes follow.
        """
        lines = names.split("\n")[1:]
        count, written = self.model[0], len(self.labels)
        first = [*lines[:written][:count], *([""] * (count - written))]
        return distinct((*first, *lines[written:]))

    def packed(self) -> bytes:
        """Return the settings as the factory takes them: all but the creator.

        Raises
        ------
        InvalidInput
            If a name or label holds a line break, or they are too long together.
        """
        for text in (self.name, *self.labels):
            if not isinstance(text, str) or "\n" in text:
                raise InvalidInput(f"A name or label is one line of text, not {text!r}.")
        lines = "\n".join((self.name, *self.labels)).encode()
        if len(lines) > _MAX_NAMES:
            raise InvalidInput(
                f"Name and labels have {len(lines):,} bytes together; a trainer's code has room for {_MAX_NAMES:,}."
            )
        return self.incentive.size_unit.to_bytes(2, "big") + self.model + self.incentive.packed() + lines


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of classes that are all different: those that are empty or occur twice with their number.

    Examples
    --------
    >>> distinct(("ham", "spam", "ham"))
    ('ham (class 0)', 'spam', 'ham (class 2)')
    """
    often = Counter(names)
    taken = {name for name, times in often.items() if name and times == 1}
    told = []
    for number, name in enumerate(names):
        if name not in taken:
            name = f"{name} (class {number})".lstrip()
            while name in taken:
                name += "'"
            taken.add(name)
        told.append(name)
    return tuple(told)


@dataclass(frozen=True)
class Deployed:
    """A trainer as its code describes it.

    Attributes
    ----------
    contract : str
        The name of the contract that it runs: that of the Solidity model, then the incentive's suffix.
    address : str
    creator : str
    settings : Settings
    """

    contract: str
    address: str
    creator: str
    settings: Settings
