"""What every incentive is set up with, and what it answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, Self

from typing_extensions import TypeVar

from dcai.errors import InvalidInput, TooLarge

if TYPE_CHECKING:
    from dcai.trainer.trainer import Trainer

T = TypeVar("T", bound="Trainer", covariant=True, default="Trainer")


class Incentive(ABC, Generic[T]):
    """The rules of money or points around a contribution: the twin of a contract in contracts/incentives.

    An incentive of your own is a dataclass that derives from this one, whose fields are its settings: each has
    ``metadata=about(…)`` (`dcai.incentives.settings`). Stating a `suffix` makes the class known by its name.
    Beside it stands its trainer (the type ``T``) with what people can do there: in a module `trainer`, a
    ``class MyTrainer(Trainer[...], incentive=MyIncentive)``. Modules `rules`, `errors` and `commands` may follow.

    Attributes
    ----------
    suffix : str
        The end of the names of the contracts that join a model with it.
    batch_bytes : int
        The most bytes of a batch.
    claim_gas : int
        The most gas that a claim takes for each sample of a batch, beside asking the model.
    size_unit : int
        How many features one price covers, 1 to 65,535.
    """

    suffix: ClassVar[str]
    batch_bytes: ClassVar[int] = 130_048 - 256  # the call around it is shorter: see contracts/Trainer.sol
    claim_gas: ClassVar[int] = 0
    size_unit: int

    @property
    def least_samples(self) -> int:
        """The fewest samples of a contribution: with more than one, only batches are taken."""
        return 1

    def check_count(self, samples: int) -> None:
        """Refuse a contribution of too few samples, as the contract does."""

    @abstractmethod
    def price(self, elapsed: int, sizes: tuple[int, ...] = (1,)) -> int:
        """Return what samples cost together, in wei, to the unit.

        Parameters
        ----------
        elapsed
            Seconds since the last contribution.
        sizes
            The number of features of each sample.

        Raises
        ------
        InvalidInput
            If there is no sample.
        TooLarge
            If the contract takes none as large.
        """

    def _size(self, sizes: tuple[int, ...]) -> int:
        """Return the features of samples together, no sample counted below the size unit.

        Raises
        ------
        InvalidInput
            If there is no sample.
        """
        if not sizes:
            raise InvalidInput("There is no sample to price; give at least one.")
        return sum(max(one, self.size_unit) for one in sizes)

    def _check_size(self, sizes: tuple[int, ...]) -> None:
        """Refuse samples with more features than one price covers: for incentives that ask no more for large ones.

        Raises
        ------
        InvalidInput
            If there is no sample.
        TooLarge
            If one has more features than the size unit.
        """
        size, most = self._size(sizes), len(sizes) * self.size_unit
        if size > most:
            raise TooLarge(size=size, most=most)

    @abstractmethod
    def packed(self) -> bytes:
        """Return the incentive's word of a trainer's settings, 32 bytes."""

    @classmethod
    @abstractmethod
    def from_packed(cls, word: bytes, size_unit: int) -> Self:
        """Return what a trainer was set up with, from its code."""
