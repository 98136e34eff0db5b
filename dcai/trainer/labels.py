"""The classes that a trainer has now: its creator may add some while others contribute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dcai.chain.contract import Contract
from dcai.errors import InvalidInput, UnknownLabel
from dcai.integers import whole
from dcai.trainer.settings import Settings
from dcai.untrusted import shortened


class Labels:
    """The names of a trainer's classes, as far as this process knows them.

    They are asked for again where a label is unknown, since a class may have been added. Threads can share it: the
    names are replaced as a whole.

    Attributes
    ----------
    names : tuple of str
        All different. Where a creator has given one name to several classes, each has its number in it.
    """

    def __init__(self, contract: Contract, settings: Settings, names: Iterable[str]) -> None:
        self._contract, self._settings = contract, settings
        self.names = tuple(names)
        # as the trainer was made: a class that is added must not change the meaning of a number
        self._numbers_are_names = any(map(_is_number, settings.labels))

    def refresh(self) -> None:
        """Ask the contract which classes there are."""
        self.names = self._settings.all_classes(self._contract.read("names"))

    def of(self, count: int) -> tuple[str, ...]:
        """Return the names, of which there are at least so many."""
        if count > len(self.names):
            self.refresh()
        return self.names

    def number(self, label: str | int) -> int:
        """Return the number of a class, given by its name or number.

        Where classes are named by numbers, as star ratings are, a number is a name.

        Raises
        ------
        InvalidInput
            If there is no class of that name, or it isn't a label at all.
        UnknownLabel
            If there is no class of that number.
        """
        if isinstance(label, str):
            if label not in self.names:
                self.refresh()
            names = self.names
            if label not in names:
                raise InvalidInput(self._unknown(label))
            return names.index(label)
        try:
            number = whole(label)
        except TypeError:
            raise InvalidInput(f"A label is a class's name or number, not {shortened(label)}.") from None
        if self._numbers_are_names:
            return self.number(str(number))
        names = self.of(number + 1)
        if not 0 <= number < len(names):
            raise UnknownLabel(label=number, classes=len(names))
        return number

    def check_new(self, name: str) -> None:
        """Refuse a name that a class has, whether or not it is shown with a number.

        Raises
        ------
        InvalidInput
        """
        self.refresh()
        if any(one == name or one.startswith(f"{name} (class ") for one in self.names):
            raise InvalidInput(f"There is a class {name!r} already; a class that is added needs another name.")

    def numbers(self, labels: Sequence[str | int]) -> list[int]:
        """Return the numbers of many classes.

        Raises
        ------
        InvalidInput, UnknownLabel
            As of `number`: the sentence begins with the row of the label, counted from 1.
        """
        numbers = []
        for row, label in enumerate(labels, start=1):
            try:
                numbers.append(self.number(label))
            except (InvalidInput, UnknownLabel) as error:
                error.args = (f"Row {row} of {len(labels)}: {error}",)
                raise
        return numbers

    def _unknown(self, label: str) -> str:
        """Return the sentence about a name that is not that of one class."""
        told = [name for number, name in enumerate(self.names) if name.startswith(f"{label} (class {number})")]
        if len(told) > 1:
            return (
                f"{len(told)} classes are named {label!r}: write {' or '.join(map(repr, told))}, or a class's number."
            )
        return f"There is no class {label!r}; the classes are {', '.join(map(repr, self.names))}."


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdecimal()
