"""Gas of every call, of real transactions on anvil under Osaka's rules, compared with gas.json.

Transactions are made as a user of the package makes them, and figures include their base fee. Nothing is left to chance
(seeds, addresses and times are fixed): the figures are the same to the unit on every machine, and a change of one in
review is a change of the contracts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scripts.studies import reviews
from scripts.studies.gas.averaged import averaged_perceptron_1000
from scripts.studies.gas.incentives import gamified_100
from scripts.studies.gas.market import MARKETS
from scripts.studies.gas.models import MODELS
from scripts.studies.gas.rows import ROWS
from scripts.studies.gas.scenarios import (
    Gas,
    imdb_1000,
    imdb_1000_averaged,
    implementations,
    settled_100,
    sparse_perceptron_100,
    sparse_perceptron_1000,
)
from scripts.studies.pages import ROOT, Page

PAGE = Page("gas", "gas/page.md.j2", ROOT / "gas.json", {"rows": ROWS})

PARTS: tuple[Callable[[], Gas], ...] = (
    implementations,
    sparse_perceptron_100,
    settled_100,
    gamified_100,
    *MARKETS,
    sparse_perceptron_1000,
    imdb_1000,
    averaged_perceptron_1000,
    imdb_1000_averaged,
    *MODELS,
)

NEEDS_REVIEWS = {"imdb_1000.contribute_mean", "imdb_1000_averaged.contribute_mean"}
"""Ids that are measured only where the reviews are."""


def measure(parts: Iterable[Callable[[], Gas]] = PARTS) -> Gas:
    """Return the figures, id -> gas (bytes for `bytecode_size.*`), each part on its own chain."""
    return dict(sorted((name, value) for part in parts for name, value in part().items()))


def drifts(measured: Gas, snapshot: Gas) -> list[str]:
    """Return a sentence for each id whose measurement differs from the snapshot."""
    unmeasured = set() if reviews.available() else NEEDS_REVIEWS
    found = []
    for name in sorted(measured.keys() | (snapshot.keys() - unmeasured)):
        before, now = snapshot.get(name), measured.get(name)
        if before is None:
            found.append(f"{name}: {now:,}, not in gas.json")
        elif now is None:
            found.append(f"{name}: {before:,} in gas.json, no longer measured")
        elif before != now:
            found.append(f"{name}: {before:,} in gas.json, now {now:,} ({now - before:+,})")
    return found


def excesses(gas: Gas) -> list[str]:
    """Return a sentence for each id that is above its limit."""
    limits = ((name, row.limit) for name, row in ROWS.items() if row.limit is not None)
    return [f"{name}: {gas[name]:,}, limit {limit:,}" for name, limit in limits if gas.get(name, 0) > limit]
