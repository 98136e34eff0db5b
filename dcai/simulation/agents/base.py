"""What every agent has and does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from inspect import isabstract
from typing import Annotated, ClassVar, get_args

import numpy as np
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dcai import plugins
from dcai.durations import seconds
from dcai.simulation.actions import Action, Claim, Contribute
from dcai.simulation.pool import Sample
from dcai.simulation.view import View
from dcai.untrusted import shortened

LONGEST = 100 * 365 * 86_400
"""Seconds that an agent waits at most, a hundred years: records hold times of 40 bits."""

Period = Annotated[int, BeforeValidator(lambda value: seconds(value)), Field(ge=1, le=LONGEST)]
"""A duration from a second to a hundred years, as text or in seconds."""

IN_UNITS = "units"
"""Marks a field whose value is in the scenario's unit of money: together with the unit it has a limit."""

Units = Annotated[float, Field(ge=0, allow_inf_nan=False), IN_UNITS]
"""An amount in the scenario's unit of money."""

Count = Annotated[int, Field(ge=1, le=1_000)]
"""A number of things of which an agent uses some at once."""

Class = Annotated[int, Field(ge=0, le=255)]
"""The number of a class."""

Line = Annotated[str, AfterValidator(lambda text: line(text))]
"""A line of text, not empty."""

Rate = Annotated[float, Field(ge=0, le=1)]
"""A probability."""

# An agent that finds the price far above what it planned to pay comes back at the next turn.
_PATIENCE = 2


class Agent(BaseModel, ABC):
    """A participant with money and a plan: a small class with one method, `act`.

    Its fields are what a scenario sets; private attributes hold what it remembers during a run.

    Parameters
    ----------
    name : str
        As tables and pictures show it.
    balance : float
        What it starts with, units of money.
    every : seconds or text
        From one turn to the next.
    first : seconds or text, optional
        Until the first turn; drawn from 1 to `every` if left out.
    looks_every : seconds or text, optional
        How often it looks after its claims; at every turn if left out.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    collects: ClassVar[bool] = True
    """Whether it is after other people's deposits."""

    provides: ClassVar[bool] = False
    """Whether it plays the trainer's creator, for an incentive whose rules have a provider."""

    name: Annotated[Line, Field(max_length=100)]
    balance: Units = 1_000
    every: Period = 600
    first: Period | None = None
    looks_every: Period | None = None

    _looked: int = 0

    def idle(self) -> dict[str, str]:
        """Return the fields that have no effect as the others are set, each with the reason."""
        return {} if self.collects else {"looks_every": f"a {type(self).__name__} has no claims to look after"}

    def misfit(self, labels: int, features: int) -> str:
        """Return why the agent can't act on data of so many classes and features as it is set to; empty if it can."""
        return ""

    @classmethod
    def amounts(cls) -> list[str]:
        """Return the fields that are amounts in units of money."""
        # of an optional one, pydantic keeps what is annotated within its type
        return [
            name
            for name, field in cls.model_fields.items()
            if any(IN_UNITS in getattr(one, "__metadata__", ()) for one in get_args(field.annotation))
            or IN_UNITS in field.metadata
        ]

    @property
    def purses(self) -> int:
        """How many addresses it has; its money is spread evenly over them."""
        return 1

    @abstractmethod
    def act(self, rng: np.random.Generator, view: View) -> Iterable[Action]:
        """Return what the agent does at its turn, in this order.

        Parameters
        ----------
        rng
            The agent's own random numbers; any others would make runs differ.
        view
            What it sees.
        """

    def first_turn(self, rng: np.random.Generator, view: View) -> int:
        """Return when the first turn is, seconds since 1970."""
        return view.now + (self.first or int(rng.integers(1, self.every + 1)))

    def next_turn(self, rng: np.random.Generator, view: View) -> int | None:
        """Return when the next turn is; None: never again.

        As long as there is something to contribute, one period later; then when the next claim is due, at a multiple of
        the period.
        """
        if view.samples_left:
            return view.now + self.every
        if view.next_due is None or view.next_due <= view.now:  # a due claim left on the list stays there for good
            return None
        return view.now + -(-(view.next_due - view.now) // self.every) * self.every

    def claims(self, view: View) -> Iterator[Claim]:
        """Yield the claims that are due and pay, and look again at the others later."""
        if self.looks_every is not None and view.samples_left:
            if view.now - self._looked < self.looks_every:
                return
            self._looked = view.now
        for claim in view.due():
            if view.pays(claim):
                yield claim
            else:
                view.look_again(claim)


class Contributor(Agent, ABC):
    """An agent that pays deposits of about the same size.

    Parameters
    ----------
    deposit : float
        Units of money, on average; the price if that is higher, or if left out.
    deposit_sd : float
        Its standard deviation.
    """

    deposit: Units | None = None
    deposit_sd: Units = 0

    def idle(self) -> dict[str, str]:
        """Return the fields that have no effect: a standard deviation is one of deposits."""
        more = {"deposit_sd": "without a deposit, the price is paid"} if self.deposit is None else {}
        return super().idle() | more

    def contribution(
        self,
        rng: np.random.Generator,
        view: View,
        sample: bytes,
        label: int,
        row: int | None = None,
        address: str | None = None,
    ) -> Iterator[Contribute]:
        """Yield a contribution, unless the price is far above the usual deposit or there is no money for it.

        Once the honest data is used up, the experiment is over and nobody contributes any more. A sample that is too
        large for the trainer is yielded, too: it isn't sent, but recorded with the reason.
        """
        if not view.samples_left:
            return
        if not view.takes(sample):
            yield Contribute(sample, label, 0, address, row)
            return
        price = view.price(view.size_of(sample))
        deposit = price
        if self.deposit is not None:
            if price > view.wei(_PATIENCE * self.deposit):
                return
            deposit = max(view.wei(rng.normal(self.deposit, self.deposit_sd)), price)
        if view.affords(deposit, address):
            yield Contribute(sample, label, deposit, address, row)


def line(text: str) -> str:
    """Return a text, or refuse one that isn't a line; what can't be shown of it is replaced where it is.

    Raises
    ------
    ValueError
    """
    if not text.strip() or "\n" in text:
        raise ValueError(f"must be a line of text, not {shortened(text)}")
    return text


def no_class(field: str, number: int, labels: int) -> str:
    """Return why a number is not that of a class, for `misfit`; empty if it is."""
    return "" if number < labels else f"{field} must be 0 to {labels - 1}, one of the data's classes, not {number}"


def wrong(rng: np.random.Generator, sample: Sample, labels: int) -> int:
    """Return another label than a sample's."""
    return int((sample.label + rng.integers(1, labels)) % labels)


def kinds() -> dict[str, type[Agent]]:
    """Return every agent class by its name, those of other people's modules included."""
    found = [kind for kind in plugins.subclasses(Agent) if not isabstract(kind)]
    return {kind.__name__: kind for kind in sorted(found, key=plugins.is_ours)}  # of two with one name ours counts
