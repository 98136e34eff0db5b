"""Random actions at a trainer with Gamified, as Hypothesis draws them: the name of a method of the machine, and its
arguments.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.stateful.calls import LONGEST_CALL
from tests.stateful.gamified_book import DAY

FEATURES = 200
SIZE_UNIT = 30


def pack(indices):
    return b"".join(index.to_bytes(2, "big") for index in sorted(set(indices)))


samples = st.one_of(
    st.integers(0, 11).map(lambda start: pack(range(start, FEATURES, 12))),
    st.lists(st.integers(0, FEATURES - 1), min_size=1, max_size=12).map(pack),
    st.lists(st.integers(0, 8), min_size=1, max_size=3).map(pack),
)
odd_samples = st.sampled_from([b"", pack(range(SIZE_UNIT + 1))])
who = st.integers(0, 3)
picks = st.integers(0, 60)
modes = st.sampled_from(["as the model"] * 5 + ["against it"] * 2 + ["unknown"])
higher_bits = st.integers(0, 159).map(lambda at: 1 << at) | st.just(2**160 - 1) | st.integers(1, 2**160 - 1)
changes = st.sampled_from(["nothing"] * 9 + ["id", "author", "time", "deposit", "label", "sample", "slot"]).flatmap(
    lambda change: st.one_of(st.just(change), higher_bits) if change == "deposit" else st.just(change)
)
gas = st.sampled_from([st.none()] * 19 + [st.integers(0, 150_000)]).flatmap(lambda kind: kind)
slots = st.sampled_from(["none", "over", "over", "live", "next", "huge"])


def _action(name, **arguments):
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


contribute = _action(
    "contribute",
    who=who,
    sample=samples | odd_samples,
    mode=modes,
    slot=slots,
    wei=st.sampled_from([0] * 9 + [3, 10**18 + 1]),
)
contribute_batch = _action(
    "contribute_batch",
    who=who,
    some=st.lists(st.tuples(samples, modes), min_size=1, max_size=6),
    times=st.sampled_from([1, 1, 4, 20]),
    least=st.sampled_from([0] * 59 + [LONGEST_CALL - 128, LONGEST_CALL - 127]),
    slot=slots,
)
validate = _action(
    "validate",
    which=picks,
    change=changes,
    by_author=st.sampled_from([True] * 5 + [False]),
    who=who,
    early=st.booleans(),
)
report = _action("report", which=picks, change=changes, who=who, settle=st.booleans(), turn=st.booleans())
defend = _action(
    "defend", which=picks, change=changes, turn=st.booleans(), by_author=st.sampled_from([True] * 5 + [False]), who=who
)
grind = _action("grind", which=picks, who=who)
create_of_nothing = _action("create_of_nothing", who=who)
time_passes = _action(
    "time_passes", seconds=st.sampled_from([1, 299, 600, 3_600, DAY, DAY, DAY - 400, 2 * DAY, 4 * DAY])
)
at_the_end = _action("at_the_end", which=picks, early=st.sampled_from([0, 1, 1]), who=who)
hide = _action("hide", who=who, sample=samples, which=picks, copies=st.integers(1, 3), reporter=who, turn=st.booleans())
actions = st.sampled_from(
    [
        hide,
        *3 * [contribute],
        *2 * [contribute_batch],
        *5 * [validate],
        *4 * [report],
        *2 * [defend],
        grind,
        create_of_nothing,
        time_passes,
        at_the_end,
    ]
).flatmap(lambda kind: kind)
