"""What an incentive tells simulations, found by registration."""

from __future__ import annotations

import pytest

import dcai
from dcai.errors import InvalidInput
from dcai.incentives.deposit_refund_take.rules import DepositRefundTakeRules
from dcai.incentives.prediction_market.rules import PredictionMarketRules
from dcai.incentives.rules import Rules
from dcai.simulation import simulate
from tests.support.simulation import HONEST, scenario


class Cheaper(dcai.DepositRefundTake):
    """A third party's incentive with the rules of another one."""


class Lonely(dcai.Incentive):
    """An incentive without rules for simulations."""


def test_the_rules_of_an_incentive_are_found_by_its_class_or_the_nearest_above():
    assert Rules.of(dcai.DepositRefundTake) is DepositRefundTakeRules
    assert Rules.of(dcai.PredictionMarket) is PredictionMarketRules
    assert Rules.of(Cheaper) is DepositRefundTakeRules


def test_defining_rules_registers_them(monkeypatch):
    monkeypatch.setattr(Rules, "_kinds", dict(Rules._kinds))

    class CheaperRules(DepositRefundTakeRules, incentive=Cheaper):
        pass

    assert Rules.of(Cheaper) is CheaperRules


def test_an_incentive_without_rules_says_what_to_define():
    with pytest.raises(InvalidInput, match=r"define a class LonelyRules\(Rules, incentive=Lonely\)"):
        Rules.of(Lonely)


@pytest.mark.usefixtures("anvil")
def test_an_incentive_acts_before_the_first_and_after_the_last_contribution(monkeypatch):
    seen = []

    def note(rules, stage):
        stage.chain.send(stage.chain.accounts[1], sender=stage.chain.accounts[0], value=1)
        seen.append((len(rules.history.entries), len(stage.trainer.history().entries), stage.settings["kind"]))

    monkeypatch.setattr(DepositRefundTakeRules, "prepare", note)
    monkeypatch.setattr(DepositRefundTakeRules, "settle", note)

    result = simulate(scenario(HONEST, samples=30))

    assert (result.stopped, result.problems, result.contributed) == (None, (), 10)
    (before, before_on_chain, kind), (_, after_on_chain, _) = seen
    assert (before, before_on_chain, kind) == (0, 0, "DepositRefundTake")
    assert after_on_chain == 10
