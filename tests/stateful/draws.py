"""Random actions at a trainer, as Hypothesis draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.stateful.actions import (
    FEATURES,
    HUGE,
    CallBack,
    Claiming,
    Contribute,
    ContributeBatch,
    CreateOfNothing,
    Force,
    Grind,
    Multicall,
    Pass,
    PassUntilTake,
    Refuse,
    SendOnly,
    Several,
    Share,
    Short,
    Turn,
)
from tests.stateful.calls import BATCH
from tests.stateful.world import PEOPLE, WALLETS


def _pack(indices: Sequence[int]) -> bytes:
    return b"".join(index.to_bytes(2, "big") for index in indices)


def _mostly(usual: st.SearchStrategy[Any], seldom: st.SearchStrategy[Any], one_in: int = 8) -> st.SearchStrategy[Any]:
    return st.integers(1, one_in).flatmap(lambda which: seldom if which == one_in else usual)


SAMPLE = _pack(range(0, FEATURES, 6))

_picks = st.integers(0, 60)
# of few kinds, or known, so that people contradict each other
_known = st.one_of(
    st.sampled_from([_pack(range(start, FEATURES, step)) for start, step in ((0, 6), (3, 9), (10, 1), (13, 17))]),
    _picks,
)
_new = st.lists(st.integers(0, FEATURES - 1), min_size=1, max_size=9, unique=True).map(sorted).map(_pack)
_no_samples = st.one_of(
    st.binary(max_size=7),
    st.lists(st.integers(0, FEATURES + 2), max_size=5).map(_pack),
    st.sampled_from([_pack(indices) for indices in ([], [0xFFFF], [1, 0xFFEC], [FEATURES], [0xFFFF, 0])]),
)
samples = _mostly(_mostly(_known, _new, 4), _no_samples, 12)
labels = _mostly(
    st.sampled_from(["as the model", "against the model", "against the model", 0, 1]),
    st.sampled_from([2, 255, BATCH, HUGE]),
    20,
)
deposits = _mostly(
    st.just("the price"),
    st.sampled_from(["nothing", "a wei too little", "uneven", "as much as can be", "too much"])
    | st.integers(1, 50_000),
    4,
)
higher_bits = st.integers(0, 159).map(lambda at: 1 << at) | st.just(2**160 - 1) | st.integers(1, 2**160 - 1)
slots = st.sampled_from(["none", "none", "finished", "finished", "live", "next", "future", "of a split", "huge"])
changes = _mostly(
    st.just("nothing"),
    st.sampled_from(["id", "author", "earlier", "later", "never", "deposit", "label", "batch", "sample", "slot"])
    | higher_bits,
    6,
)

lengthy = st.sampled_from(["longest", "too long"])
contributions = st.builds(Contribute, samples, labels, deposits, slots)
batches = st.builds(
    ContributeBatch,
    st.lists(st.tuples(labels, samples), min_size=1, max_size=5).map(tuple),
    _mostly(st.just(1), st.just(256), 40),
    _mostly(_mostly(st.just("not"), st.sampled_from(["short", "long", "empty", "count"])), lengthy, 60),
    deposits,
    slots,
)


def _claims(function: str, positions: st.SearchStrategy[int] | None = None) -> st.SearchStrategy[Claiming]:
    """Draw claims with one function."""
    return st.builds(
        Claiming,
        st.just(function),
        _picks,
        _mostly(st.just(True), st.just(False)),
        changes,
        st.just(0) if positions is None else positions,
        _mostly(st.just(0), st.just(1)),
        _mostly(st.just(False), st.just(True)),
    )


refunds = _claims("refund")
positions = st.one_of(st.just(HUGE), st.integers(0, 2**6), st.integers(0, HUGE))
batch_refunds = _claims("refundBatch", positions)
splits = _claims("split", positions)
reports = _claims("report")
batch_reports = _claims("reportBatch", positions)
takes = _claims("take")
any_claim = st.one_of(refunds, batch_refunds, splits, reports, batch_reports, takes)
one_action = st.one_of(contributions, batches, any_claim)
multicalls = st.builds(
    Multicall,
    st.lists(any_claim | one_action, max_size=4).map(tuple),
    _mostly(st.just(0), st.just(1)),
)
turns = st.builds(Turn, reports | takes | batch_reports | splits, st.integers(1, 3), st.integers(0, 3))
several = st.builds(Several, st.lists(one_action, min_size=1, max_size=4).map(tuple))
shares = st.builds(
    Share, st.builds(Claiming, st.sampled_from(["take", "reportBatch"]), _picks, st.just(True), st.just("nothing"))
)
short = st.builds(Short, one_action | any_claim, st.integers(0, 200_000))
people = st.sampled_from(PEOPLE)
wallets = st.sampled_from(WALLETS)
events = st.one_of(
    st.builds(CallBack, wallets, any_claim | multicalls, st.booleans()),
    st.builds(CallBack, wallets, contributions | batches, st.booleans()),
    st.builds(PassUntilTake, _picks, st.booleans(), st.integers(0, 1)),
    st.builds(Pass, st.integers(1, 90) | st.just(3_600)),
    st.builds(Refuse, wallets, st.booleans(), st.sampled_from([0, 32, 100_000]), st.booleans()),
    st.builds(Force, st.integers(1, 10**18)),
    st.just(SendOnly()),
    st.just(CreateOfNothing()),
    st.builds(Grind, _picks, st.sampled_from(["refund", "take"])),
)
steps = st.sampled_from(
    [
        *6 * [any_claim],
        *3 * [contributions],
        *2 * [batches],
        *2 * [turns],
        shares,
        several,
        multicalls,
        short,
        *3 * [events],
    ]
).flatmap(lambda kind: kind)
