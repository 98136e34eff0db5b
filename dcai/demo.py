"""The demonstration: a shared model is trained by an honest contributor, attacked by a hostile one, and defended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dcai.chain.chain import TRANSACTION_GAS_LIMIT, Chain
from dcai.datasets import Dataset
from dcai.encoders import Encoder, TabularEncoder, TextEncoder
from dcai.errors import InvalidInput
from dcai.incentives import DepositRefundTake
from dcai.incentives.deposit_refund_take.trainer import DepositContribution, DepositTrainer
from dcai.models import SparsePerceptron
from dcai.models.twins import Twin
from dcai.trainer.deploy import deploy

UNIT_WEI = 10**15
"""The demonstration's unit of money."""

_INITIAL_PART = 0.08
# From the talk: a good agent with deposits of 50 every ten minutes, a bad one with 100 every hour.
_HONEST_PERIOD = 600
_HOSTILE_PERIOD = 3600
_HONEST_DEPOSIT = 50 * UNIT_WEI
_HOSTILE_DEPOSIT = 100 * UNIT_WEI
# What an account keeps for fees: a transaction at the highest price that a local chain is offered.
_FEES_WEI = TRANSACTION_GAS_LIMIT * 2 * 10**9
# How many times at least the accuracy is noted.
_POINTS = 120
# Below this many samples all is over in two days, before anybody's purse could be empty or a deposit be back.
_SMALL = 1_000


@dataclass(frozen=True)
class Terms:
    """The scale of a demonstration.

    Attributes
    ----------
    wait : int
        Seconds until a refund, and from a report to a share; anybody takes what is left after nine times that.
    start_wei : int
        What each contributor starts with.
    """

    wait: int
    start_wei: int

    @classmethod
    def of(cls, samples: int) -> Terms:
        """Return the talk's terms, a day and 10,000 units; for small data an hour and 600 units."""
        return cls(3600, 600 * UNIT_WEI) if samples < _SMALL else cls(86_400, 10_000 * UNIT_WEI)

    def incentive(self) -> DepositRefundTake:
        """Return the rules: 42 units five minutes after the last contribution, which is as close as the two come."""
        return DepositRefundTake(
            weight_wei=UNIT_WEI // 5,
            minimum_wei=UNIT_WEI,
            refund_after=self.wait,
            settle_after=self.wait,
            creator_take_after=8 * self.wait,
            take_after=9 * self.wait,
            size_unit=250,
        )


@dataclass(frozen=True)
class Moment:
    """A point of the course: days since the start, accuracy on the hidden set, balances in wei."""

    days: float
    accuracy: float
    honest_wei: int
    hostile_wei: int


@dataclass
class Outcome:
    """What the demonstration showed.

    Attributes
    ----------
    initial, final, baseline : float
        Accuracy on the hidden test set: at the start, in the end, and of the same model trained by nobody but its owner
        with all the data.
    balances_wei : dict
        honest or hostile -> start, end.
    gas : dict
        honest or hostile -> gas used.
    counts : dict
        honest or hostile -> contributions, refunds, takes, reports.
    owed_wei, contract_balance_wei : int
    course : list of Moment
    problems : tuple of str
        What an audit of the contract against its log found; empty if all is well.
    """

    backend: str
    data: str
    address: str
    train_size: int
    test_size: int
    initial: float = 0.0
    final: float = 0.0
    baseline: float = 0.0
    balances_wei: dict[str, dict[str, int]] = field(default_factory=dict)
    gas: dict[str, int] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    owed_wei: int = 0
    contract_balance_wei: int = 0
    course: list[Moment] = field(default_factory=list)
    problems: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what `dcai demo --json` prints."""
        return {
            "data": self.data,
            "backend": self.backend,
            "trainer": self.address,
            "accuracy": {"initial": self.initial, "final": self.final, "baseline": self.baseline},
            "balances_wei": self.balances_wei,
            "gas": self.gas,
            "counts": self.counts,
            "owed_wei": self.owed_wei,
            "contract_balance_wei": self.contract_balance_wei,
            "audit_problems": list(self.problems),
        }


def run(
    chain: Chain, dataset: Dataset, *, samples: int | None = None, progress: Callable[[int, int], None] | None = None
) -> Outcome:
    """Run the demonstration.

    Parameters
    ----------
    chain
        A local chain: days pass on it.
    dataset
        Two classes.
    samples
        How many of the training samples to use, the initial ones included; all where left out.
    progress
        Called with (samples contributed, samples in all).

    Raises
    ------
    InvalidInput
        If the data has other than two classes, or fewer than 25 samples, or more than there are, are asked for.
    """
    check(dataset, samples)
    encoder = _encoder(dataset)
    rows, labels = _nonempty(encoder.transform(dataset.train_inputs), dataset.train_labels)
    rows, labels = rows[:samples], labels[:samples]
    initial = round(_INITIAL_PART * len(labels))
    model = SparsePerceptron(classes=dataset.labels).fit(rows[:initial], labels[:initial])
    terms = Terms.of(len(labels))
    published = deploy(chain, model, terms.incentive(), encoder=encoder, name=dataset.title, sender=chain.accounts[0])
    trainer = DepositTrainer(chain, read(chain, published.address))  # without an encoder: the data is encoded already
    hidden = encoder.transform(dataset.test_inputs)
    baseline = SparsePerceptron(classes=dataset.labels).fit(rows, labels)
    course = _Course(chain, trainer, model.twin, hidden, np.asarray(dataset.test_labels), terms)
    outcome = Outcome(chain.backend, dataset.name, trainer.address, len(labels), len(dataset.test_labels))
    outcome.baseline = float(np.mean(baseline.twin.predict(hidden) == dataset.test_labels))
    course.run(rows[initial:], labels[initial:], progress)

    checked = trainer.audit()
    outcome.problems = checked.problems
    outcome.owed_wei, outcome.contract_balance_wei = checked.owed_wei, checked.balance_wei
    outcome.course = course.moments
    outcome.initial, outcome.final = course.moments[0].accuracy, course.moments[-1].accuracy
    for name, agent in zip(("honest", "hostile"), course.agents, strict=True):
        outcome.balances_wei[name] = {"start": agent.start_wei, "end": chain.balance(agent.address)}
        outcome.gas[name] = chain.gas_used[agent.address]
        outcome.counts[name] = agent.counts
    return outcome


def check(dataset: Dataset, samples: int | None) -> None:
    """Refuse what the demonstration can't be run with.

    Raises
    ------
    InvalidInput
        As `run` does.
    """
    if len(dataset.labels) != 2:
        raise InvalidInput(f"The demonstration takes data of two classes; {dataset.name} has {len(dataset.labels)}.")
    if samples is not None and samples < 25:
        raise InvalidInput(f"The demonstration needs 25 samples or more, so that 8% are at least two, not {samples}.")
    if samples is not None and samples > len(dataset.train_labels):
        raise InvalidInput(f"{dataset.name} has {len(dataset.train_labels):,} training samples, not {samples:,}.")


def _encoder(dataset: Dataset) -> Encoder:
    if dataset.kind == "text":
        return TextEncoder(vocabulary_size=1000).fit(dataset.train_inputs)
    return TabularEncoder(bins=4).fit(dataset.train_inputs, feature_names=dataset.feature_names)


def _nonempty(rows: sparse.csr_matrix, labels: Any) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Leave out texts without a known word: there is nothing of them to send."""
    known = np.diff(rows.indptr) > 0
    return rows[known], np.asarray(labels)[known]


_ACTIONS = ("contributions", "refunds", "reports", "takes")


@dataclass
class _Agent:
    address: str
    period: int
    deposit: int
    hostile: bool
    start_wei: int
    good: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_ACTIONS, 0))


class _Course:
    """The course of events, in the order of their times.

    What the contract would answer is known before anything is sent, since the twin keeps step with it: nobody pays for
    asking. The audit in the end shows that the two never differed.
    """

    def __init__(
        self,
        chain: Chain,
        trainer: DepositTrainer,
        model: Twin,
        hidden: Any,
        truth: NDArray[np.int64],
        terms: Terms,
    ) -> None:
        self.moments: list[Moment] = []
        self._chain = chain
        self._trainer = trainer
        self._model = model
        self._hidden = hidden
        self._truth = truth
        self._wait = terms.wait
        self._anybody = terms.incentive().times()[3]
        honest, hostile = chain.accounts[1:3]
        self.agents = (
            _Agent(honest, _HONEST_PERIOD, _HONEST_DEPOSIT, False, _leave(chain, honest, terms.start_wei)),
            _Agent(hostile, _HOSTILE_PERIOD, _HOSTILE_DEPOSIT, True, _leave(chain, hostile, terms.start_wei)),
        )
        chain.gas_used.clear()
        self._start = self._last = self._clock = chain.now()
        self._given = 0
        self._planned = 0
        self._queue: list[tuple[int, int, Callable[[], None]]] = []

    def run(
        self, rows: sparse.csr_matrix, labels: NDArray[np.int64], progress: Callable[[int, int], None] | None
    ) -> None:
        """Let the agents contribute the rows in turn, and go on until nothing is open."""
        for agent in self.agents:
            # the hostile one comes half way between two of the honest one
            delay = _HONEST_PERIOD // 2 if agent.hostile else 0
            self._at(self._start + agent.period - delay, partial(self._contribute, agent, rows, labels))
        self._remember()
        every = max(len(labels) // _POINTS, 1)
        noted = (0, 0)
        while self._queue:
            time, _, act = heappop(self._queue)
            if time > self._clock:
                self._chain.travel(time - self._clock)
                self._clock = time
            act()
            stage = (self._given // every, (self._clock - self._start) // self._wait)
            if stage != noted:
                noted = stage
                self._remember()
            if progress:
                progress(self._given, len(labels))
        self._remember()

    def _contribute(self, agent: _Agent, rows: sparse.csr_matrix, labels: NDArray[np.int64]) -> None:
        if self._given == len(labels):
            return
        self._at(self._clock + agent.period, partial(self._contribute, agent, rows, labels))
        indices = rows.indices[rows.indptr[self._given] : rows.indptr[self._given + 1]]
        label = int(labels[self._given])
        if agent.hostile:
            label = 1 - label
        deposit = max(agent.deposit, self._trainer.incentive.price(self._clock + 1 - self._last, (len(indices),)))
        if deposit + _FEES_WEI > self._chain.balance(agent.address):
            return  # waits for refunds
        made = self._trainer.contribute(
            indices, label, sender=agent.address, deposit_wei=deposit, gas=TRANSACTION_GAS_LIMIT
        )
        self._sent(agent, "contributions")
        self._given += 1
        self._last = made.entry.time
        self._model.learn(made.entry.sample, label)
        other = self.agents[0] if agent.hostile else self.agents[1]
        due, end = made.entry.time + self._wait, made.entry.time + self._anybody
        self._at(due, partial(self._refund, agent, made))
        self._at(due, partial(self._report, other, made))
        self._at(end, partial(self._take, other, made))

    def _refund(self, agent: _Agent, made: DepositContribution) -> None:
        if made.entry.open_wei == 0:
            return
        if self._agrees(made):
            made.refund(gas=TRANSACTION_GAS_LIMIT)
            agent.good += 1
            self._sent(agent, "refunds")
        elif self._clock + self._wait < made.entry.time + self._anybody:
            self._at(self._clock + self._wait, partial(self._refund, agent, made))

    def _report(self, agent: _Agent, made: DepositContribution) -> None:
        if made.entry.open_wei == 0 or agent.good == 0 or self._agrees(made):
            return
        made.report(sender=agent.address, gas=TRANSACTION_GAS_LIMIT)
        self._sent(agent, "reports")
        self._at(self._clock + self._wait, partial(self._take, agent, made))

    def _take(self, agent: _Agent, made: DepositContribution) -> None:
        for_all = self._clock >= made.entry.time + self._anybody
        if made.entry.open_wei == 0 or (not for_all and self._agrees(made)):
            return
        made.take(sender=agent.address, gas=TRANSACTION_GAS_LIMIT)
        self._sent(agent, "takes")

    def _agrees(self, made: DepositContribution) -> bool:
        return self._model.label_of(made.entry.sample) == made.entry.label

    def _at(self, time: int, act: Callable[[], None]) -> None:
        # what is due at the same time happens in the order in which it was planned
        self._planned += 1
        heappush(self._queue, (time, self._planned, act))

    def _sent(self, agent: _Agent, action: str) -> None:
        agent.counts[action] += 1
        self._clock += 1  # a block on a local chain

    def _remember(self) -> None:
        accuracy = float(np.mean(self._model.predict(self._hidden) == self._truth))
        honest, hostile = (self._chain.balance(agent.address) for agent in self.agents)
        self.moments.append(Moment((self._clock - self._start) / 86_400, accuracy, honest, hostile))


def _leave(chain: Chain, address: str, amount: int) -> int:
    """Take all money but `amount` and what that costs from an account; return what it has then, a little more."""
    surplus = chain.balance(address) - amount - _FEES_WEI // 100
    chain.send(chain.accounts[0], sender=address, value=surplus, gas=21_000)
    return chain.balance(address)
