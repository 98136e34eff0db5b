"""The attacks of docs/attacks.md, and the settings that might defend against each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dcai.simulation.scenario.scenario import load_scenario
from scripts.studies.pages import ROOT

SCENARIOS = ROOT / "simulations"
ATTACKS = SCENARIOS / "attacks"

ATTACKER = "attacker"
"""The name of the agent that attacks, in every file."""

KEYS = {
    "bounty": "the provider's payment, in stakes",
    "minimum": "the least price in wei",
    "portion_size": "test samples per portion, of which there are ten",
    "refund_after": "the time until a deposit can be refunded or reported",
    "report_points": "the points for a report",
    "reporter_good": "the number of good contributions that a reporter needs",
    "settle_after": "the time between a report and its reward",
    "turn_samples": "the fewest samples of a contribution, which is scored as one",
    "validate_after": "the time until points can be claimed",
    "weight": "the weight of the price in wei",
}
"""Setting of an incentive -> what it is."""


def meanings(attacks: Iterable[Attack]) -> dict[str, str]:
    """Return what each setting of some attacks is."""
    keys = {one.split("=")[0] for attack in attacks for sets in attack.sets for one in sets.split()}
    return {key: KEYS[key] for key in sorted(key.removeprefix("incentive.") for key in keys)}


@dataclass(frozen=True)
class Attack:
    """An attack on one incentive.

    Attributes
    ----------
    scenario : str
        The name of the file.
    hopes : str
        What the attacker hopes for.
    sets : tuple of str
        Settings, each for its own runs; several in one are separated by spaces.
    """

    scenario: str
    hopes: str
    sets: tuple[str, ...]

    @property
    def file(self) -> Path:
        """The scenario."""
        return ATTACKS / f"{self.scenario}.toml"

    @cached_property
    def name(self) -> str:
        """The kind of the agent that attacks."""
        agents = load_scenario(self.file).agents
        return next(type(agent).__name__ for agent in agents if agent.name == ATTACKER)


def _each(key: str, *values: object) -> tuple[str, ...]:
    return tuple(f"incentive.{key}={value}" for value in values)


_WEIGHTS = _each("weight", "0", "2e13", "2e14", "1e15")
_SETTLE = _each("settle_after", 0, 600, 3600)
_LONGER = _each("refund_after", 14_400)
_CHEAP = ("incentive.weight=0 incentive.minimum=1e13",)

DEPOSITS = (
    Attack("label-flipper", "to ruin the model with wrong labels, every 20 minutes", _WEIGHTS + _LONGER),
    Attack("targeted-poisoner", "to make it misjudge one class, every 20 minutes", _WEIGHTS + _LONGER),
    Attack("random", "for refunds by chance, with samples that mean nothing", _WEIGHTS + _LONGER),
    Attack("flooder", "to make it believe one label by repeating it every 2 minutes", _WEIGHTS + _LONGER),
    Attack("duplicator", "for a large share of others' deposits with one good sample", _SETTLE + _CHEAP),
    Attack("copycat", "for a share of others' deposits with copies of others' data", _SETTLE + _CHEAP),
    Attack("sniper", "to be first at every deposit, with one good contribution", _SETTLE + _CHEAP),
    Attack("sybil-ring", "to get the deposits of its own wrong data back, with five addresses", _SETTLE + _CHEAP),
    Attack("flip-report-unflip", "to take deposits by turning the model for a moment", _SETTLE + _CHEAP),
)
"""On Deposit-Refund-Take."""

_VALIDATE = _each("validate_after", 600, 3600, 21_600) + _each("reporter_good", 1)
_REPORT = _each("settle_after", 0, 3600) + _each("report_points", 0) + _each("reporter_good", 30)

POINTS = (
    Attack("gamified-label-flipper", "to ruin the model, and for the points when it believes the data", _VALIDATE),
    Attack("gamified-targeted-poisoner", "to make it misjudge one class, and for points", _VALIDATE),
    Attack("gamified-random", "that the model agrees with noise by chance", _VALIDATE),
    Attack("gamified-flooder", "to make the model believe one label", _VALIDATE),
    Attack("gamified-duplicator", "for points with one good sample", _VALIDATE),
    Attack("gamified-copycat", "for points with copies of others' data", _VALIDATE),
    Attack("gamified-sniper", "to be first at every report", _REPORT),
    Attack("gamified-sybil-ring", "for points by reporting its own wrong data", _REPORT),
    Attack("gamified-flip-report-unflip", "for others' points by turning the model for a moment", _REPORT),
)
"""On Gamified."""

_BOUNTIES = _each("bounty", 1, 100, 1_000, 10_000)
_MARKET = _BOUNTIES + _each("portion_size", 4) + _each("turn_samples", 10)

MARKETS = (
    Attack("market-label-flipper", "to ruin the model, and that some wrong labels help it", _MARKET),
    Attack("market-targeted-poisoner", "to make it misjudge one class", _MARKET),
    Attack("market-random", "that some noise happens to help the model", _MARKET),
    Attack("market-flooder", "to make the model believe one label", _MARKET),
    Attack("market-duplicator", "for gains with one good sample", _MARKET),
    Attack("market-copycat", "for gains with copies of others' data", _MARKET),
    Attack("market-sybil-ring", "to be paid for repairing with one address what another address has spoilt", _MARKET),
)
"""On the prediction market, by contributors."""

WITHHOLDERS = (
    Attack("market-withholder", "by never revealing the test set", _BOUNTIES),
    Attack("market-withholder-opening", "by never opening the market", _BOUNTIES),
)
"""On the prediction market, by its provider, who hopes to keep the bounty."""
