"""How many samples fit into one transaction, and into the one that claims something of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.errors import InvalidInput
from dcai.samples import MAX_BATCH

if TYPE_CHECKING:
    from dcai.models.twins import Twin

# What a batch uses: for itself (record, log, bookkeeping), for each slot of the model (read and compared), for each
# slot that changes (as if it had been empty).
_BATCH_GAS = 150_000
_SLOT_GAS = 2_600
_NEW_SLOT_GAS = 20_000
_READ_GAS = 2_150

# What contributing may use: nearly a transaction. Contributors who find that too dear can send smaller batches.
_MOST_LEARNING = 15_000_000

# What a claim may use: half of a transaction. The batch exists already, and prices of storage may double.
_MOST_CLAIM = 8_000_000


T = TypeVar("T")


class Batch(NamedTuple):
    """Samples that go into one transaction.

    Attributes
    ----------
    samples : list of bytes
    labels : list of int
    rows : list of int
        The row that each sample comes from, counted from 1.
    """

    samples: list[bytes]
    labels: list[int]
    rows: list[int]


class Batched(list[T]):
    """A list with one item for each batch that rows were put into.

    Attributes
    ----------
    skipped : tuple of int
        The rows that were left out, counted from 1, since nothing in them is known.
    """

    def __init__(self, items: Iterable[T] = (), skipped: tuple[int, ...] = ()) -> None:
        super().__init__(items)
        self.skipped = skipped


def estimate(model: Twin, samples: Iterable[bytes], touched: Iterable[int]) -> int:
    """Return an upper estimate of the gas of a batch of samples that change these slots."""
    fixed = _BATCH_GAS + _SLOT_GAS * model.slots + _NEW_SLOT_GAS * len(set(touched))
    return fixed + sum(model.learn_gas(sample) for sample in samples)


def most_gas(model: Twin, samples: Sequence[bytes], labels: Sequence[int]) -> int:
    """Return an upper estimate of the gas of contributing samples, whatever the model says of them by then.

    A model that disagrees with a sample learns it, and writes every slot that it touches.
    """
    touched = {slot for sample, label in zip(samples, labels, strict=True) for slot in model.touched(sample, label)}
    if len(samples) > 1:
        return estimate(model, samples, touched)
    # of a single sample, no other slots are read
    return _BATCH_GAS + (_SLOT_GAS + _NEW_SLOT_GAS) * len(touched) + model.learn_gas(samples[0])


def claim_estimate(model: Twin, samples: Iterable[bytes], claim_gas: int = 0) -> int:
    """Return an upper estimate of the gas of a claim for which the model is asked about these samples.

    Parameters
    ----------
    claim_gas
        The incentive's own gas for each of them.
    """
    asking = sum(model.asking_gas(sample) + claim_gas for sample in samples)
    return _BATCH_GAS + _READ_GAS * model.slots + asking


def batches(
    model: Twin, samples: Sequence[bytes], labels: Sequence[int], *, claim_gas: int = 0, most_bytes: int
) -> Iterator[tuple[int, int]]:
    """Yield the first and last + 1 of the samples of each batch.

    As many as surely fit into a transaction and into so many bytes, and whose claim does: a batch counts for most where
    all of it is refunded or validated at once.
    """
    start, learning, asking, size, touched = 0, 0, 0, 0, set[int]()
    for end, (sample, label) in enumerate(zip(samples, labels, strict=True)):
        slots = set(model.touched(sample, label))
        gas = estimate(model, [sample], touched | slots) + learning
        claim = claim_estimate(model, [sample], claim_gas) + asking
        full = gas > _MOST_LEARNING or claim > _MOST_CLAIM or size + len(sample) + 3 > most_bytes
        if end > start and (full or end - start == MAX_BATCH):
            yield start, end
            start, learning, asking, size, touched = end, 0, 0, 0, set()
        learning += model.learn_gas(sample)
        asking += model.asking_gas(sample) + claim_gas
        size += len(sample) + 3
        touched |= slots
    if samples:
        yield start, len(samples)


def turns(
    model: Twin, samples: Sequence[bytes], labels: Sequence[int], *, least: int, most_bytes: int
) -> Iterator[tuple[int, int]]:
    """Yield the first and last + 1 of the samples of each batch, where no batch may have fewer than `least`.

    As many batches as there can be, of about the same size.

    Raises
    ------
    InvalidInput
        If one of them is too large for a transaction.
    """
    total, count = len(samples), len(samples) // least
    for number in range(count):
        start, end = total * number // count, total * (number + 1) // count
        some, given = samples[start:end], labels[start:end]
        touched = {slot for sample, label in zip(some, given, strict=True) for slot in model.touched(sample, label)}
        gas, size = estimate(model, some, touched), sum(len(sample) + 3 for sample in some)
        if gas > _MOST_LEARNING or end - start > MAX_BATCH or size > most_bytes:
            surplus = total - count * least
            way_out = f"add {least - surplus}, or leave {surplus} out" if surplus else "take smaller ones"
            raise InvalidInput(
                f"A contribution to this trainer has {least:,} samples or more, so these {total:,} make {count:,}; "
                f"one has {end - start:,} samples, {size:,} bytes and up to {gas:,} gas, and a transaction holds "
                f"{MAX_BATCH:,}, {most_bytes:,} and {_MOST_LEARNING:,}: {way_out}."
            )
        yield start, end


def claim_parts(model: Twin, samples: Sequence[bytes], positions: Iterable[int], claim_gas: int) -> Iterator[list[int]]:
    """Yield positions in a batch in as many parts as a claim takes at so much gas for each, beside asking the model."""
    part: list[int] = []
    fixed = gas = claim_estimate(model, [])
    for position in positions:
        each = claim_estimate(model, [samples[position]], claim_gas) - fixed
        if part and gas + each > _MOST_CLAIM:
            yield part
            part, gas = [], fixed
        part.append(position)
        gas += each
    if part:
        yield part


def check_size(model: Twin) -> None:
    """Refuse a model for which one sample is too much for a transaction.

    Raises
    ------
    InvalidInput
        If a sample of one word, or a vector, needs more than a transaction may use, or the contract would refuse the
        model for that reason.
    """
    size = model.n_features
    if size > model.most_features:
        raise InvalidInput(
            f"A contribution to this model, or a claim, could use more than {_MOST_CLAIM:,} gas: with "
            f"{model.max_classes} classes it has up to {model.most_features:,} features, not {size:,}; use fewer "
            "features or fewer classes."
        )
    sample = model.pack([round(127 / size**0.5)] * size if model.dense else [0])
    learning = _BATCH_GAS + _SLOT_GAS * len(set(model.touched(sample, 0))) + model.learn_gas(sample)
    gas = max(learning, claim_estimate(model, [sample]))
    if gas > TRANSACTION_GAS_LIMIT:
        raise InvalidInput(
            f"A contribution to this model would use about {gas:,} gas, and a transaction may use "
            f"{TRANSACTION_GAS_LIMIT:,}; use fewer features or fewer classes."
        )
