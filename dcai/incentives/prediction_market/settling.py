"""The evaluation of a market, transaction by transaction, from wherever it is."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

from dcai.accounts.account import Account, sent
from dcai.chain.call import Call
from dcai.chain.codec import codec
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.errors import ContractError, ContractReverted, InvalidInput, NodeError, NodeUnreachable, TransactionFailed
from dcai.incentives.prediction_market.course import Course, Phase
from dcai.incentives.prediction_market.log import MarketHistory
from dcai.incentives.prediction_market.terms import MOST_BYTES, PredictionMarket
from dcai.incentives.prediction_market.test_set import SALT, HiddenTestSet, pack_portion, unpack_portion
from dcai.models.twins import Twin
from dcai.samples import BATCH
from dcai.trainer.log import Entry

if TYPE_CHECKING:
    from rich.progress import Progress

    from dcai.incentives.prediction_market.trainer import MarketTrainer

# Nodes pass on transactions of up to 128 KiB: geth's txMaxSize, of all their bytes.
_MAX_TRANSACTION = 131_072

# What stands around the calldata: 188 bytes if the nonce, the fees and the signature are as long as they can be.
_ENVELOPE = 256

_MAX_CALLDATA = _MAX_TRANSACTION - _ENVELOPE

# The longest sample or batch of a call of `MOST_BYTES`. The call has 4 bytes of selector, then words of 32: where the
# argument begins, and the slot, which may at the same time be the argument's length.
_LONGEST_CONTRIBUTION = MOST_BYTES - 4 - 2 * 32

# Room for what a transaction uses more in its block than in the estimate.
_MAX_GAS = TRANSACTION_GAS_LIMIT * 9 // 10

# What a call of the evaluation takes beside models and test samples.
_GAS = 400_000
_GAS_BYTE = 16
_GAS_OUTLIVED = 2_600


def check_pass(model: Twin, incentive: PredictionMarket, test_set: HiddenTestSet, rounds: int) -> None:
    """Refuse a test set that isn't of the market's form, or of which a transaction can't hold a pass.

    A provider who finds out only when the test set is due loses the bounty.

    Raises
    ------
    InvalidInput
    """
    portions = [unpack_portion(content) for content in test_set.portions]
    counts = [len(samples) for samples in portions]
    if counts != [incentive.portion_size] * incentive.portions:
        raise InvalidInput(
            f"This market takes {incentive.portions} portions of {incentive.portion_size} samples, not {len(counts)} "
            f"of {', '.join(map(str, sorted(set(counts))))}; make them with the trainer's test_set."
        )
    for number, (content, some) in enumerate(zip(test_set.portions, portions, strict=True)):
        try:
            for sample, label in some:
                model.unpack(sample)
                model.check_label(label)
            if pack_portion(content[:SALT], some) != content:
                raise InvalidInput("Its last sample is cut off.")
        except InvalidInput as error:
            raise InvalidInput(f"The contract would refuse portion {number} of the test set: {error}") from error
    usual = mean(len(sample) + 3 for some in portions for sample, _ in some)
    if usual * incentive.turn_samples > incentive.batch_bytes:
        raise InvalidInput(
            f"A contribution to this market has at least {incentive.turn_samples} samples, and of those in the test "
            f"set, with {usual:.0f} bytes on average, a contribution holds {incentive.batch_bytes // usual:.0f}: "
            "nobody could contribute; deploy with smaller turn_samples."
        )
    largest = sorted(test_set.portions, key=len)[-incentive.pass_size :]
    size = len(_largest_call(model, incentive, largest))
    counting = sum(model.counting_gas(sample) for content in largest for sample, _ in unpack_portion(content))
    # a participant may outlive all before: at most as many as there are numbers of mistakes, samples, and rounds
    outlived = min(incentive.tests + 1, incentive.most_samples, rounds)
    learning = model.learn_gas(model.largest_sample(incentive.size_unit))
    gas = _GAS + _GAS_BYTE * size + 2 * counting + learning + _GAS_OUTLIVED * outlived
    if size > _MAX_CALLDATA or gas > _MAX_GAS:
        raise InvalidInput(
            f"{incentive.pass_size} portions evaluated at once take up to {size:,} bytes and {gas:,} gas with one "
            f"contribution, and a transaction holds {_MAX_CALLDATA:,} and {_MAX_GAS:,}: deploy with a smaller "
            "per_pass, or smaller portions."
        )


def _largest_call(model: Twin, incentive: PredictionMarket, portions: list[bytes]) -> bytes:
    """Return a call that evaluates the longest contribution there can be on these portions, as it is encoded."""
    hashes, contribution = [bytes(32)] * incentive.portions, (0, bytes(20), 0, 0, BATCH, bytes(_LONGEST_CONTRIBUTION))
    evaluation = (model.parameters(), hashes, portions, [contribution], [0], 1)
    return codec("IPredictionMarket").call("evaluate", evaluation)


class _Step(NamedTuple):
    """A sample to evaluate: its contribution, and its position there."""

    entry: Entry
    position: int


class _Replay:
    """The twin at the point that the evaluation has reached, and the steps that are left."""

    def __init__(self, history: MarketHistory, incentive: PredictionMarket, course: Course) -> None:
        self.model = history.start()
        self.contents = history.hidden()[course.number * incentive.pass_size :][: incentive.pass_size]
        steps = [
            _Step(entry, position) for entry in history.entries.values() for position in range(len(entry.samples()))
        ]
        at = (course.next_id, course.position)
        self.left = [step for step in steps if (step.entry.id, step.position) >= at]
        self._learn(steps[: len(steps) - len(self.left)])

    def is_at(self, course: Course) -> bool:
        """Tell whether the evaluation is still where the twin is."""
        at = [(step.entry.id, step.position) for step in self.left[:1]]
        return course.phase == Phase.EVALUATION and at == [(course.next_id, course.position)]

    def advance(self, count: int) -> None:
        """Go on by a number of samples."""
        self._learn(self.left[:count])
        del self.left[:count]

    def _learn(self, steps: list[_Step]) -> None:
        for step in steps:
            self.model.learn(*step.entry.samples()[step.position])


def evaluate(market: MarketTrainer, sender: str | Account | None, bar: Progress) -> None:
    """Evaluate until the market is settled, as much per transaction as it holds.

    Others may do the same meanwhile; their steps aren't repeated.
    """
    history, incentive, account = market.history(), market.incentive, market.chain.account(sender)
    total = len(history.learnt)
    task = bar.add_task("Evaluating", total=incentive.passes * total)
    count, course = total, market.course()
    while course.phase == Phase.EVALUATION:
        replay = _Replay(history, incentive, course)
        while replay.left:
            bar.update(task, completed=(course.number + 1) * total - len(replay.left))
            count = min(2 * count, len(replay.left))
            try:
                count = _push(market, history, replay, count, account)
            except (ContractError, TransactionFailed):
                if replay.is_at(market.course()):
                    raise
                break  # somebody else was faster
            replay.advance(count)
        course = market.course()
    bar.update(task, completed=incentive.passes * total)


def _push(market: MarketTrainer, history: MarketHistory, replay: _Replay, count: int, account: Account) -> int:
    """Evaluate the next samples, as many of `count` as a transaction holds; return how many."""
    while True:
        some = list({step.entry.id: step.entry for step in replay.left[:count]}.values())
        evaluation = (
            replay.model.parameters(),
            list(history.hashes),
            replay.contents,
            [entry.claim() for entry in some],
            [entry.slot for entry in some],
            count,
        )
        call = market.prepare.evaluate(evaluation)
        gas = _gas(market, call, account.address, only=count == 1, last=count == len(replay.left))
        if gas is not None:
            sent(account, call.with_gas(gas))
            return count
        count //= 2


def _gas(market: MarketTrainer, call: Call, sender: str, *, only: bool, last: bool) -> int | None:
    """Return the gas to send a call with, or None where it is too large for a transaction and can be made smaller.

    A call that isn't the last one may use a whole transaction. Whether it fits is one request; an estimate, which
    searches, is many.
    """
    if len(call.data) > _MAX_CALLDATA and not only:
        return None
    try:
        if not (only or last):
            market.chain.call(market.address, call.data, sender=sender, gas=_MAX_GAS)
            return TRANSACTION_GAS_LIMIT
        needed = market.chain.estimate(market.address, call.data, sender=sender)
    except (ContractError, NodeUnreachable):
        raise
    except (ContractReverted, NodeError):  # out of gas
        if only:
            raise
        return None
    if needed > _MAX_GAS and not only:
        return None
    return min(needed + needed // 20, TRANSACTION_GAS_LIMIT)
