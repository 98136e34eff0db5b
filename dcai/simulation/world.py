"""The state of a simulation: what the engine advances, and what agents see of it through a `View`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from dcai.chain.codec import Event
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.errors import ContractError, InvalidInput
from dcai.incentives.rules import Due, Rules
from dcai.models.twins import Twin
from dcai.simulation.data import Encoded
from dcai.simulation.ledger import Ledger
from dcai.simulation.measure import Measure
from dcai.simulation.pool import Pool
from dcai.trainer.log import History

# What a contribution may use beside what its sample takes: base fee, record and log; each slot of the model, if it was
# empty.
_CONTRIBUTE_GAS = 300_000
_SLOT_GAS = 22_100
_FEATURE_GAS = 1_000
# What a claim is taken to use before the first one was seen.
_UNKNOWN_GAS = 80_000
# Indices have two bytes.
_MOST_FEATURES = 65_535


class Happened(NamedTuple):
    """What an event did: to which contribution (0: none), whom it paid how many wei, and what is due later."""

    number: int
    who: str | None
    paid_wei: int
    due: Iterable[Due]


class World:
    """A trainer, its log and its twin, the agents' data and their money, at a moment.

    It knows neither the chain nor the agents: the engine tells it what happened.

    Parameters
    ----------
    ledger : Ledger
        The trainer's log so far, with the twin.
    rules : Rules
        Of the trainer's incentive, on the same log.
    data : Encoded
    first : int
        The first of its samples that agents contribute.
    measure : Measure
        Measures the model.
    start : int
        Seconds since 1970.
    gas_price_wei, unit_wei : int
        What gas costs, and the unit of money in which agents think.

    Attributes
    ----------
    start, now : int
        Seconds since 1970: of the run's beginning, and of the block that is being made.
    balances : dict of str to int
        Address -> wei, of all agents.
    pool : Pool
        What agents contribute.
    samples : int
        How many samples there were to contribute.
    first_id : int
        The number of the first contribution that an agent makes; those below are of others.
    most_features : int
        How many features a sample has at most.
    gas_limit : int
        Of each transaction.
    """

    def __init__(
        self,
        ledger: Ledger,
        rules: Rules,
        data: Encoded,
        first: int,
        measure: Measure,
        *,
        start: int,
        gas_price_wei: int,
        unit_wei: int,
    ) -> None:
        self.ledger, self.rules, self.measure = ledger, rules, measure
        self.start = self.now = start
        self.gas_price_wei, self.unit_wei = gas_price_wei, unit_wei
        self.balances: dict[str, int] = {}
        self._claim_gas: Counter[str] = Counter()
        twin = ledger.twin
        self._refusals: dict[int, str] = {}
        self._largest = twin.size_of(twin.largest_sample(_MOST_FEATURES))
        self.most_features = min(self._largest, rules.most_features or _MOST_FEATURES)
        self.pool = Pool(data, first, self.refusal)
        self.samples = self.pool.left
        self.first_id = ledger.history.next_id
        slots = -(-(16 + twin.parameter_bytes(twin.settings())) // 32)
        limit = _CONTRIBUTE_GAS + _SLOT_GAS * slots + _FEATURE_GAS * twin.n_features * len(twin.classes)
        self.gas_limit = min(limit * rules.least_samples, TRANSACTION_GAS_LIMIT)

    @property
    def twin(self) -> Twin:
        """The trainer's model as it is now."""
        return self.ledger.twin

    @property
    def history(self) -> History:
        """The trainer's log so far."""
        return self.ledger.history

    @property
    def elapsed(self) -> int:
        """Seconds since the start."""
        return self.now - self.start

    @property
    def accuracy(self) -> float:
        """The accuracy on the hidden test set, as last measured."""
        return self.measure.accuracy

    @property
    def contributed(self) -> int:
        """How many samples of the pool were contributed."""
        return self.pool.given

    @property
    def gas_fee_wei(self) -> int:
        """What an address must hold for the gas of a transaction, which mostly uses much less."""
        return self.gas_limit * self.gas_price_wei

    def refusal(self, sample: bytes) -> str:
        """Return why the trainer takes no sample of such a size, whatever is paid, by name; empty where it does."""
        size = self.twin.size_of(sample)
        if size not in self._refusals:
            self._refusals[size] = self._refusal(size)
        return self._refusals[size]

    def _refusal(self, size: int) -> str:
        if size > self._largest:
            return "TooLarge"
        try:
            self.rules.incentive.price(0, (size,))
        except (ContractError, InvalidInput) as error:
            return type(error).__name__
        return ""

    def fee(self, function: str) -> int:
        """Return what the gas of a claim is expected to cost, by the last one of its kind, wei."""
        return (self._claim_gas[function] or _UNKNOWN_GAS) * self.gas_price_wei

    def claimed(self, function: str, gas: int) -> None:
        """Remember what the gas of a claim was."""
        self._claim_gas[function] = gas

    def happened(self, event: Event) -> Happened:
        """Extend the log by an event of the block that is being made, and pay whom it pays."""
        entry = self.ledger.extend(event, self.rules.about(event), self.now)
        who, paid = self.rules.payment(event) or (None, 0)
        if who in self.balances:
            self.balances[who] += paid
        return Happened(0 if entry is None else entry.id, who, paid, self.rules.due(event, self.now))
