"""The markets that are held for docs/market.md."""

from __future__ import annotations

from scripts.studies.market.course import Order, Setting

SIZES = (100, 300, 1_000, 5_000, 20_000)
BOUNTIES = (1, 10, 100, 1_000, 10_000, 100_000)
ORDERS = {
    "everybody one by one": Order(),
    "everybody 10 at a time": Order(10, 10),
    "everybody 100 at a time": Order(100, 100),
    "honest 100 at a time, hostile one by one": Order(100, 1),
    "one by one, first the honest": Order(first="honest"),
    "one by one, first the hostile": Order(first="hostile"),
}

# Test samples of the other tables.
FEW, MANY, MOST = 1_000, 5_000, 20_000

SETTINGS = tuple(
    dict.fromkeys(
        [Setting(tests=tests, grouped=grouped) for tests in SIZES for grouped in (False, True)]
        + [Setting(tests=tests, rounds=rounds) for tests in (FEW, MOST) for rounds in BOUNTIES]
        + [Setting(order, grouped=grouped) for order in ORDERS.values() for grouped in (False, True)]
    )
)
