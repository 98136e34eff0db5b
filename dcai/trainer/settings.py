"""What stands in a trainer's code: see contracts/types/Settings.sol."""

from __future__ import annotations

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
        The names of the classes that the trainer was made with.
    """

    incentive: Incentive
    model: bytes
    name: str
    labels: tuple[str, ...]

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
