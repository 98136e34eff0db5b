"""The classes that a trainer has now: its creator may add some while others contribute."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index

from dcai.chain.contract import Contract
from dcai.errors import InvalidInput, UnknownLabel


class Labels:
    """The names of a trainer's classes, as far as this process knows them.

    They are asked for again where a label is unknown, since a class may have been added. Threads can share it: the
    names are replaced as a whole.

    Attributes
    ----------
    names : tuple of str
        All different: see `told_apart`.
    """

    def __init__(self, contract: Contract, names: Iterable[str]) -> None:
        self._contract = contract
        self.names = told_apart(names)

    def refresh(self) -> None:
        """Ask the contract which classes there are."""
        self.names = told_apart(self._contract.read("names").split("\n")[1:])

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
                raise InvalidInput(f"There is no class {label!r}; the classes are {', '.join(map(repr, names))}.")
            return names.index(label)
        try:
            number = index(label)
        except TypeError:
            raise InvalidInput(f"A label is a class's name or number, not {label!r}.") from None
        if any(map(_is_number, self.names)):
            return self.number(str(number))
        names = self.of(number + 1)
        if not 0 <= number < len(names):
            raise UnknownLabel(label=number, classes=len(names))
        return number


def told_apart(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of classes, each different: one that stands for an earlier class already gets its number.

    A contract accepts any names. Without this, nobody could see which of two classes a sample was given.

    Examples
    --------
    >>> told_apart(["good", "bad", "good"])
    ('good', 'bad', 'good (class 2)')
    """
    given, different = tuple(names), list[str]()
    for number, name in enumerate(given):
        while name in different or (name != given[number] and name in given):
            name = f"{name} (class {number})"
        different.append(name)
    return tuple(different)


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdecimal()
