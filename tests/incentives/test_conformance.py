"""Every incentive passes the suite that ships with the package; a third party's: tests/test_third_party.py."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import dcai
from dcai.plugins import incentives, twins
from dcai.testing import incentive_checks
from dcai.testing.samples import samples_of
from dcai.trainer import products

FEATURES = 21


def prepare(market):
    """Advance a market to participation, as its provider."""
    model, terms = market.model(), market.incentive
    random = np.random.default_rng(0)
    samples = samples_of(model.dense, FEATURES, random)
    size = terms.portions * terms.portion_size
    labels = random.integers(len(model.classes), size=size).tolist()
    test_set = market.test_set([samples.features() for _ in range(size)], labels, seed=0)
    # nothing that its contributions could share without a rest
    market.commit(test_set, bounty_wei=1_009 * terms.stake_wei)
    market.open(test_set)


def market(**others):
    """Return a market that pays contributions back after six days, since nothing is revealed."""
    times = {"participate": "5 days", "reveal_within": "1 day"}
    return dcai.PredictionMarket(stake_wei=4_004, portions=3, portion_size=2, draw_after=2, **times, **others)


MARKET = {"patience": "280 days", "prepare": prepare}
"""A fortieth of it is a week: the market has failed."""

CHECKS = [
    *(("Deposit-Refund-Take", check) for check in incentive_checks(dcai.DepositRefundTake(), patience="40 days")),
    *(
        ("Deposit-Refund-Take of 2019", check)
        for check in incentive_checks(dcai.DepositRefundTake(settle_after=0), patience="40 days", seed=1, steps=20)
    ),
    *(("Gamified", check) for check in incentive_checks(dcai.Gamified(reporter_good=1))),
    *(
        ("Gamified at once", check)
        for check in incentive_checks(dcai.Gamified(settle_after=0, reporter_good=1, memory_slots=1), seed=1, steps=20)
    ),
    *(("Prediction market", check) for check in incentive_checks(market(), steps=12, **MARKET)),
]


@pytest.fixture(scope="module")
def chain(anvil):
    with dcai.local_chain("anvil") as chain:
        yield chain


def test_there_is_a_contract_for_each_of_our_incentives_with_each_of_our_models():
    ours = [[one for one in kinds.values() if one.__module__.startswith("dcai.")] for kinds in (twins(), incentives())]

    assert {(one.model, one.incentive) for one in products.known()} >= set(product(*ours))


@pytest.mark.parametrize("check", [pytest.param(check, id=f"{name}: {check}") for name, check in CHECKS])
def test_it_conforms(chain, check):
    check(chain)


@pytest.mark.parametrize(
    ("incentive", "others"),
    [
        (dcai.DepositRefundTake(), {"patience": "40 days"}),
        (dcai.Gamified(reporter_good=1), {}),
        (market(turn_samples=1), MARKET),
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_conforms_on_py_evm(incentive, others):
    with dcai.local_chain("py-evm") as chain:
        for check in incentive_checks(incentive, steps=6, **others)[:7]:
            check(chain)
