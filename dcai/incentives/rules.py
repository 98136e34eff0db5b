"""What a simulation must know about an incentive: the seam at which further incentives plug in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from dcai import plugins
from dcai.chain.codec import Event
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive
from dcai.trainer.log import Entry, History

if TYPE_CHECKING:
    from dcai.chain.chain import Chain
    from dcai.simulation.agents.base import Agent
    from dcai.simulation.data import Encoded
    from dcai.trainer.trainer import Trainer


Earned = dict[str, int | float | list[str]]
"""What somebody earned beside money, by name: numbers, or lists of names."""


class Claim(NamedTuple):
    """A call to a function of the incentive about a contribution: a refund, a report, a share.

    Attributes
    ----------
    function : str
        One that the incentive's rules know.
    id : int
        The contribution.
    address : str
        Which of the agent's addresses sends.
    """

    function: str
    id: int
    address: str


class Due(NamedTuple):
    """A claim that may be made from some time on.

    Attributes
    ----------
    time : int
        Seconds since 1970.
    function : str
        As `Claim`'s.
    id : int
        The contribution.
    address : str or None
        The address that may make it; None: everybody.
    """

    time: int
    function: str
    id: int
    address: str | None


@dataclass(frozen=True)
class Stage:
    """A run from outside its turns: what an incentive may use before the first and after the last contribution.

    Attributes
    ----------
    chain : Chain
        A local one, which makes a block for each transaction.
    trainer : Trainer
    settings : mapping
        The scenario's table of the incentive: its terms, and what only a simulation needs to know.
    agents : sequence of Agent
    addresses : collection of str
        Those of all agents; nobody has a key to them, and a local chain takes a sender's word.
    data : Encoded
        With the hidden samples.
    seed : int
    gas_price_wei : int
        What agents pay for gas.
    """

    chain: Chain
    trainer: Trainer
    settings: Mapping[str, Any]
    agents: Sequence[Agent]
    addresses: Collection[str]
    data: Encoded
    seed: int
    gas_price_wei: int


class Rules(ABC):
    """An incentive as the engine sees it: which claims there are, when they become due and what they bring.

    An incentive has one such class, in the module `rules` of its package: ``class MyRules(Rules, incentive=…)``.

    Parameters
    ----------
    incentive
        As deployed.
    history
        The trainer's log so far, which the engine keeps extending.
    creator : str
    label_of
        What the model answers about a sample now.
    """

    claims: ClassVar[tuple[str, ...]]
    """The functions that agents call about a contribution, in the order in which they become possible."""

    own: ClassVar[tuple[str, ...]] = ()
    """Those by which authors get back what is theirs, or keep it; the others are against the author."""

    shared: ClassVar[bool] = False
    """Whether several people can make the same claim, each for a part."""

    calls: ClassVar[Mapping[str, str]] = {}
    """Event -> the function that was called, for calls of `prepare` and `settle` whose gas an agent pays."""

    settling: ClassVar[str] = ""
    """What `settle` does, in words, where it takes a while: "evaluating the market"."""

    has_provider: ClassVar[bool] = False
    """Whether an agent may play the trainer's creator, who provides something during the whole run."""

    settings: ClassVar[type | None] = None
    """A dataclass of what a scenario sets beside the incentive's terms, with `about(…)` as theirs; None: nothing."""

    lasts: ClassVar[str] = ""
    """The setting that says for how long one can contribute, which goes with the number of samples; empty: none."""

    unforkable: ClassVar[str] = ""
    """What a deployed trainer is, and why no simulation can start from it; empty where one can."""

    ends: int | None = None
    """When contributions end, seconds since 1970; None: as long as there is something to contribute."""

    _kinds: ClassVar[dict[type[Incentive], type[Rules]]] = {}

    def __init_subclass__(cls, *, incentive: type[Incentive] | None = None) -> None:
        """Make known which rules an incentive has."""
        super().__init_subclass__()
        if incentive is not None:
            Rules._kinds[incentive] = cls

    def __init__(self, incentive: Any, history: History, creator: str, label_of: Callable[[bytes], int]) -> None:
        self.incentive = incentive
        self.history: Any = history  # with what the incentive keeps beside
        self.creator = creator
        self.label_of = label_of

    @staticmethod
    def of(incentive: type[Incentive]) -> type[Rules]:
        """Return the rules of an incentive, or of the nearest class that it derives from.

        The module `rules` beside the incentive is imported here: a trainer needs no simulation.

        Raises
        ------
        InvalidInput
            If there are none.
        """
        for kind in incentive.__mro__:
            plugins.room(kind, "rules")
            if kind in Rules._kinds:
                return Rules._kinds[kind]
        raise InvalidInput(
            f"{incentive.__name__} has no rules for simulations; define a class "
            f"{incentive.__name__}Rules(Rules, incentive={incentive.__name__})."
        )

    def prepare(self, stage: Stage) -> None:  # noqa: B027 - most incentives need nothing
        """Do what must be done on the chain before the first contribution; the engine reads its blocks afterwards."""

    def settle(self, stage: Stage) -> None:  # noqa: B027 - most incentives need nothing
        """Do what must be done on the chain after the last contribution and claim."""

    def price(self, now: int, size: int) -> int:
        """Return what a contribution of so many features costs in a block of that time, wei."""
        asked: int = self.incentive.price(now - self.history.last_time, (size,))
        return asked

    def arguments(self, claim: Claim) -> tuple[object, ...]:
        """Return what the contract's function is called with."""
        entry = self.history.entries[claim.id]
        return entry.claim(), entry.slot

    def about(self, event: Event) -> int:
        """Return the number of the contribution that an event is about; 0 for none."""
        number: int = event.args.get("id", 0)
        return number

    def disagrees(self, entry: Entry) -> bool:
        """Whether the model gives another label than the contribution."""
        return self.label_of(entry.sample) != entry.label

    def pays(self, claim: Claim, fee_wei: int) -> bool:
        """Whether a claim brings more than its gas costs."""
        return self.brings(claim) > fee_wei

    def is_open(self, entry: Entry, now: int) -> bool:
        """Whether something of a contribution is open."""
        return entry.open != 0

    def open_wei(self, entry: Entry) -> int:
        """Return what is open of a contribution's deposit."""
        return entry.open

    def good(self, address: str) -> int:
        """Return how many good contributions an address has, where the incentive counts them."""
        return 0

    def earned(self, addresses: Collection[str]) -> Earned:
        """Return what these addresses have in the end beside money, by name: numbers, or lists of names."""
        return {}

    @property
    def reporter_good(self) -> int:
        """How many good contributions are needed to claim something against others."""
        return 0

    @property
    def least_samples(self) -> int:
        """How many samples a contribution has at least."""
        return int(self.incentive.least_samples)

    @property
    def most_features(self) -> int | None:
        """How many features a sample has at most; None: as many as are paid for."""
        return None

    def may_be_good(self, entry: Entry, now: int) -> bool:
        """Whether a contribution may still become a good one of its author's."""
        return self.is_open(entry, now)

    @property
    @abstractmethod
    def longest_wait(self) -> int:
        """Seconds after which nothing of a contribution is open any more, whatever happens."""

    @abstractmethod
    def contributed(self, entry: Entry) -> Iterator[Due]:
        """Yield the claims that a contribution makes possible later."""

    @abstractmethod
    def due(self, event: Event, now: int) -> Iterator[Due]:
        """Yield the claims that an event, which the history holds already, makes possible later."""

    @abstractmethod
    def payment(self, event: Event) -> tuple[str, int] | None:
        """Return whom an event paid and how many wei, where it did."""

    @abstractmethod
    def possible(self, claim: Claim, now: int, *, turned: bool = False) -> bool:
        """Whether the contract would grant a claim in a block of that time.

        With the model as it is; where `turned`, if it disagreed with the contribution.
        """

    @abstractmethod
    def brings(self, claim: Claim) -> int:
        """Return what a claim is expected to bring, sooner or later: wei, or points where there is no money."""

    @abstractmethod
    def later(self, claim: Claim, now: int) -> tuple[int, str] | None:
        """Return when to look again after a claim that isn't possible now, and which function; None: never."""
