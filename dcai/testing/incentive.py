"""The conformance checks of an incentive, with every model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dcai import plugins
from dcai.chain import Chain, local_chain
from dcai.durations import Duration, seconds
from dcai.errors import ContractReverted, InvalidInput, TooLarge, UnknownLabel
from dcai.incentives import Incentive
from dcai.models import Model
from dcai.models.twins import Twin
from dcai.samples import pack_batch
from dcai.testing.pair import naming, refusing
from dcai.testing.samples import Samples, samples_of
from dcai.testing.walk import Prepare, Walk
from dcai.trainer.attach import attach
from dcai.trainer.products import known, product_of
from dcai.trainer.trainer import Trainer

_FEATURES = 21


@dataclass(frozen=True)
class Candidate:
    """An incentive to check: the steps, the seed, the time until everything ends, and the creator's preparation."""

    incentive: Incentive
    steps: int
    seed: int
    patience: Duration
    prepare: Prepare

    def models(self) -> list[Model]:
        """Return a model of two classes and one of three, for each kind that has a contract."""
        twins = {one.model for one in known() if isinstance(self.incentive, one.incentive)}
        kinds = [kind for kind in plugins.models().values() if kind.twin_type in twins]
        models = [kind(classes=("no", "yes", "maybe")[:classes]) for kind in kinds for classes in (2, 3)]
        return [model for model in models if self._has_contract(model)]

    def walk(self, chain: Chain, model: Model) -> Walk:
        """Return a new trainer and the people who use it."""
        fitted, samples = self._fitted(model)
        return Walk(chain, fitted, samples, self.incentive, self.prepare)

    def due(self) -> int:
        """Return the seconds from a contribution until its author can claim."""
        return max(seconds(self.patience) // 40, 1)

    def _fitted(self, model: Model) -> tuple[Twin, Samples]:
        samples = samples_of(model.dense, _FEATURES, np.random.default_rng(self.seed))
        labels = np.arange(20) % len(model.classes or ())
        return model.fit(samples.rows([samples.features() for _ in labels]), labels).twin, samples

    def _has_contract(self, model: Model) -> bool:
        try:
            product_of(self._fitted(model)[0], self.incentive)
        except InvalidInput:
            return False
        return True


def settings_come_back_from_a_trainers_code(candidate: Candidate, walk: Walk) -> None:
    """Read the incentive, to the byte, and the trainer's class from an address alone."""
    incentive = candidate.incentive
    word = incentive.packed()
    assert len(word) == 32, f"packed() has {len(word)} bytes"
    again = type(incentive).from_packed(word, incentive.size_unit)
    assert (again.packed(), again.size_unit) == (word, incentive.size_unit), "from_packed gives another incentive"
    found = attach(walk.chain, walk.trainer.address)
    read = found.incentive
    assert type(read) is type(incentive), f"attach finds {type(read).__name__}"
    assert (read.packed(), read.size_unit) == (word, incentive.size_unit), "a trainer's code gives another incentive"
    assert type(found) is Trainer.of(type(incentive)), f"attach gives a {type(found).__name__}"


def the_quoted_price_is_charged(candidate: Candidate, walk: Walk) -> None:
    """Compare quoted and charged price to the wei, for samples of any size and batches; one wei less is refused."""
    unit = candidate.incentive.size_unit
    _, _, last = walk.chain.read(walk.contract, walk.trainer.address, "progress")
    for elapsed in (0, 1, 599, 86_400, 10**7):
        for sizes in ((1,), (unit,), (unit + 1,), (1, unit, 3 * unit), (1,) * 256):
            size = sum(max(one, unit) for one in sizes)
            asked = ("price", len(sizes), size, last + elapsed)
            try:
                told = walk.trainer.price(sizes, elapsed=elapsed)
            except TooLarge:
                with refusing(f"the price of samples of {sizes} features", TooLarge):
                    walk.trainer.contract.read(*asked)
                continue
            charged = walk.trainer.contract.read(*asked)
            assert charged == told, f"{sizes} after {elapsed} s cost {charged} wei, price() says {told}"
    _samples_without_a_price_are_refused(candidate, walk)
    for count in (1, 3):
        packed = [walk.samples.packed(walk.samples.features()) for _ in range(count)]
        price = walk.price(packed)
        if price:
            with refusing(f"{count} samples for {price - count} wei instead of {price}", ContractReverted):
                walk.trainer.send(walk.call_of(packed, [0] * count, value=price - count), walk.people[0])
        call = walk.call_of(packed, [0] * count, value=price)
        assert walk.try_call(call, sender=walk.people[0]) is not None, f"{price} wei is refused"


def _samples_without_a_price_are_refused(candidate: Candidate, walk: Walk) -> None:
    """Use a size unit of two features, so that a sample can be larger."""
    incentive = type(candidate.incentive).from_packed(candidate.incentive.packed(), 2)
    model = walk.trainer.model()
    large = walk.samples.largest()
    if model.dense:
        return
    try:
        incentive.price(0, (len(large),))
    except TooLarge:
        small = Walk(walk.chain, model, walk.samples, incentive, candidate.prepare)
        call = small.call_of([walk.samples.packed(large)], [0], value=incentive.price(0, (2,)))
        with refusing(f"a sample of {len(large)} features", TooLarge):
            small.trainer.send(call, small.people[0])


def invalid_samples_are_refused(candidate: Candidate, walk: Walk) -> None:
    """Unknown labels and broken batches are refused too: nothing is paid, learnt or recorded."""
    good = walk.samples.packed(walk.samples.features())
    known = len(walk.trainer.labels)
    price = walk.price([good])
    wrong: dict[str, tuple[str, *tuple[object, ...]]] = {
        f"a sample {what}": ("contribute", sample, 0, 0) for what, sample in walk.samples.wrong_bytes().items()
    }
    wrong |= {
        "a broken batch": ("contributeBatch", pack_batch([good], [0])[:-1], 0),
        "a batch with a trailing byte": ("contributeBatch", pack_batch([good], [0]) + b"\0", 0),
        "an empty batch": ("contributeBatch", b"", 0),
    }
    for what, call in wrong.items():
        with naming(what):
            walk.refused_when_sent(walk.trainer.contract.call(*call, value=price), sender=walk.people[0])
    for label in (known, 255, 256, 2**256 - 1):
        with refusing(f"label {label} of {known} classes", UnknownLabel):
            walk.trainer.send(walk.trainer.contract.call("contribute", good, label, 0, value=price), walk.people[0])
    assert not walk.entries()


def records_and_money_agree_with_the_log(candidate: Candidate, walk: Walk) -> None:
    """Hold after any actions, with singles and batches.

    No live record is overwritten, the contract has what it owes, money is conserved, and an audit finds nothing.
    """
    for number in range(candidate.steps):
        with naming(f"step {number}"):
            walk.step(candidate.patience)
    assert walk.done["contribute"], "nobody could contribute"


def nobody_claims_what_is_not_theirs(candidate: Candidate, walk: Walk) -> None:
    """Refuse claims of what was never contributed, at any time and from anybody.

    A stranger's claim pays the author or is refused, even when the author can claim.
    """
    while len(walk.entries()) < 4:
        walk.contribute()
    for entry in walk.entries():
        walk.claim_of_a_stranger(entry, "at once")
    for number in range(3):
        walk.chain.travel(candidate.due())
        for entry in walk.entries():
            for person in (entry.author, walk.stranger):
                for what, forged in walk.forged(entry, person).items():
                    for call in walk.claims_of(*forged):
                        with refusing(f"{call.what} with another {what}", ContractReverted):
                            walk.trainer.send(call, person)
            # forged claims come first: once a record is paid, a refusal shows nothing
            if number == 0:
                walk.claim_of_a_stranger(entry, "when its author can")
    entry = walk.entries()[0]
    for forged in walk.forged(entry, walk.stranger).values():
        for call in walk.claims_of(*forged):
            walk.refused_when_sent(call, sender=walk.stranger)


def every_contribution_ends(candidate: Candidate, walk: Walk) -> None:
    """After all deadlines and all claims, nothing is owed and every record's slot is free.

    On the way, at least one author can claim something.
    """
    for _ in range(candidate.steps // 3):
        walk.contribute()
    # authors can claim from now on
    walk.chain.travel(candidate.due())
    for entry in walk.entries():
        walk.claim(entry, entry.author)
    claimed = sum(walk.done[name] for name, _ in walk.claims)
    assert claimed, "no author could claim anything"
    left = walk.settle(candidate.patience)
    assert not left, f"contribution {left[0].id} never ends"
    owed = walk.trainer.history().owed_wei
    assert owed == 0, f"{owed} wei are owed to nobody"


def nothing_is_claimed_twice_at_once(candidate: Candidate, walk: Walk) -> None:
    """Refuse a claim again that succeeded one second before."""
    for _ in range(candidate.steps // 3):
        walk.contribute()
    walk.chain.travel(candidate.due())
    for entry in walk.entries():
        for call in walk.claims_of(entry.claim(), entry.slot):
            if walk.try_call(call, sender=entry.author) is not None:
                with refusing(f"{call.what} of contribution {entry.id}, a second time", ContractReverted):
                    walk.trainer.send(call, entry.author)


_CHECKS: tuple[Callable[[Candidate, Walk], None], ...] = (
    settings_come_back_from_a_trainers_code,
    the_quoted_price_is_charged,
    invalid_samples_are_refused,
    records_and_money_agree_with_the_log,
    nobody_claims_what_is_not_theirs,
    nothing_is_claimed_twice_at_once,
    every_contribution_ends,
)


@dataclass(frozen=True)
class IncentiveCheck:
    """One check of one incentive with one model: call it with a chain to run it; its text is its name."""

    function: Callable[[Candidate, Walk], None]
    candidate: Candidate
    model: Model

    def __str__(self) -> str:
        return f"{self.function.__name__}-{type(self.model).__name__} of {len(self.model.classes or ())} classes"

    def __call__(self, chain: Chain) -> None:
        """Run the check.

        Raises
        ------
        AssertionError
            If the incentive fails; the message names the check, the model, the incentive, the seed and the case.
        """
        with naming(f"{self} ({self.candidate.incentive}, seed {self.candidate.seed})"):
            self.function(self.candidate, self.candidate.walk(chain, self.model))


def nothing(trainer: Trainer) -> None:
    """Leave a trainer as it was deployed."""


def incentive_checks(
    incentive: Incentive,
    *,
    steps: int = 40,
    seed: int = 0,
    patience: Duration = "100 days",
    prepare: Prepare = nothing,
) -> list[IncentiveCheck]:
    """Return the checks of an incentive, so that a test framework can run them one by one.

    Parameters
    ----------
    incentive : Incentive
        The settings. At least one model must have a contract for it (`dcai.artifacts.add`).
    steps : int
        Actions in each check that plays random actions.
    seed : int
        Seed of everything random.
    patience : seconds, timedelta or text
        Time after which all deadlines are over. Authors can claim after a fortieth of it.
    prepare : callable, optional
        ``prepare(trainer)`` does the creator's work before people can contribute.

    Returns
    -------
    list of IncentiveCheck
        Call each with a chain.

    Examples
    --------
    >>> import dcai, pytest
    >>> from dcai.testing import incentive_checks
    >>> @pytest.mark.parametrize("check", incentive_checks(dcai.Gamified(reporter_good=1)), ids=str)
    ... def test_gamified_conforms(check, chain):
    ...     check(chain)
    """
    candidate = Candidate(incentive, steps, seed, patience, prepare)
    return [IncentiveCheck(function, candidate, model) for model in candidate.models() for function in _CHECKS]


def check_incentive(
    incentive: Incentive,
    *,
    chain: Chain | None = None,
    steps: int = 40,
    seed: int = 0,
    patience: Duration = "100 days",
    prepare: Prepare = nothing,
) -> None:
    """Check an incentive: its contract and its twin agree, and nobody gets what isn't theirs.

    Parameters
    ----------
    incentive, steps, seed, patience, prepare
        See `incentive_checks`.
    chain : Chain, optional
        A local chain with five accounts or more; by default a new one.

    Raises
    ------
    AssertionError
        If the incentive fails a check, or has no contract; the message names the check and the case.

    Examples
    --------
    >>> import dcai
    >>> from dcai.testing import check_incentive
    >>> check_incentive(dcai.DepositRefundTake(), steps=4)
    """
    if chain is None:
        with local_chain() as started:
            check_incentive(incentive, chain=started, steps=steps, seed=seed, patience=patience, prepare=prepare)
        return
    checks = incentive_checks(incentive, steps=steps, seed=seed, patience=patience, prepare=prepare)
    assert checks, f"there is no contract for {incentive}"
    for check in checks:
        check(chain)
