"""What each attack costs, earns and does, and the talk's findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from dcai.incentives.prediction_market.rules import PredictionMarketRules
from dcai.simulation.report.multiples import draw_multiples
from dcai.simulation.scenario.scenario import load_scenario
from dcai.simulation.sweep.runs import Run, cases
from dcai.simulation.sweep.statistics import Interval, grouped
from scripts.studies.attacks.attacks import (
    ATTACKS,
    DEPOSITS,
    MARKETS,
    POINTS,
    SCENARIOS,
    WITHHOLDERS,
    Attack,
    meanings,
)
from scripts.studies.attacks.runs import (
    Comparison,
    Figure,
    Instead,
    Runner,
    absent,
    accuracy,
    counted,
    earned,
    honest,
    money,
)
from scripts.studies.pages import DOCS, STUDIES, Figures, Page

IMAGES = DOCS / "images"

NEAR = 3
"""How many points of accuracy the talk loses at most."""

KEPT = 90
"""Percent of the honest data that must count, of what counts without an attack, where an attack is harmless."""

PAGE = Page(
    "attacks",
    "attacks/page.md.j2",
    STUDIES / "attacks" / "figures.json",
    {
        "near": NEAR,
        "kept": KEPT,
        "hopes": {attack.scenario: attack.hopes for attack in (*DEPOSITS, *POINTS, *MARKETS, *WITHHOLDERS)},
        "meanings": {"deposits": meanings(DEPOSITS), "points": meanings(POINTS), "markets": meanings(MARKETS)},
        "market_has_claims": PredictionMarketRules.claims,
    },
)

Read = Callable[[Comparison], Interval]


def _mean(figure: Figure) -> Read:
    return lambda one: one.mean(figure)


def _more(figure: Figure) -> Read:
    return lambda one: one.more(figure)


_WON = money("attacker", "gain_wei")
_MONEY = {
    "won": _mean(_WON),
    "paid_in": _mean(money("attacker", "deposited_wei")),
    "received": _mean(money("attacker", "received_wei")),
    "gas": _mean(money("attacker", "fee_wei")),
    "honest_won": _mean(money("honest", "gain_wei")),
    "accuracy": _mean(accuracy),
    "without": _more(accuracy),
}
_POINTS = {
    "points": _mean(earned("attacker", "points")),
    "more": _more(earned("attacker", "points")),
    "validated": _mean(earned("attacker", "validated")),
    "gas": _mean(money("attacker", "fee_wei")),
    "kept": lambda one: one.percent(counted("honest")),
    "accuracy": _more(accuracy),
}
_MARKET = {**_MONEY, "provider_won": _mean(money("provider", "gain_wei"))}
_PROVIDER = {**_MONEY, "more": _more(_WON)}


def measure(runner: Runner, only: str | None = None) -> Figures:
    """Make every run, draw the pictures, and return what the page is made of.

    Parameters
    ----------
    runner
    only
        One of `PARTS`: the others are as they were committed, which must have been with as many seeds.

    Raises
    ------
    RunFailed
        If a run failed.
    """
    scenario = load_scenario(ATTACKS / "base.toml")
    made = {name: part(runner) for name, part in PARTS.items() if only in (None, name)}
    return {
        "seeds": runner.seeds,
        "gwei": scenario.gas_price / 10**9,
        "ether": scenario.unit / 10**18,
        "data": scenario.data.name,
        **({} if only is None else {name: PAGE.committed()[name] for name in PARTS}),
        **made,
    }


def _deposits(runner: Runner) -> Figures:
    return {
        "alone": _alone(runner, "base", {"accuracy": accuracy, "won": money("honest", "gain_wei")}),
        "attacks": _found(runner, DEPOSITS, absent, _MONEY, {"profit": ("won", 0)}, draw=True),
    }


def _points(runner: Runner) -> Figures:
    return {
        "alone": _alone(runner, "gamified", {"points": earned("honest", "points"), "gas": money("honest", "fee_wei")}),
        "attacks": _found(runner, POINTS, honest, _POINTS, {"worth": ("more", 0), "harm": ("kept", KEPT)}),
    }


def _markets(runner: Runner) -> Figures:
    return {
        "alone": _alone(
            runner,
            "market",
            {"accuracy": accuracy, "won": money("honest", "gain_wei"), "provider": money("provider", "gain_wei")},
        ),
        "attacks": _found(runner, MARKETS, absent, _MARKET, {"profit": ("won", 0)}),
        "providers": _found(runner, WITHHOLDERS, absent, _PROVIDER, {"profit": ("more", 0)}),
    }


def _alone(runner: Runner, scenario: str, figures: Mapping[str, Figure]) -> Figures:
    runs = runner.of(cases(ATTACKS / f"{scenario}.toml", (), runner.seeds), f"honest alone, {scenario}")
    return {name: Interval.of(map(figure, runs)) for name, figure in figures.items()}


def _found(
    runner: Runner,
    attacks: Iterable[Attack],
    instead: Instead,
    columns: Mapping[str, Read],
    verdicts: Mapping[str, tuple[str, float]],
    *,
    draw: bool = False,
) -> Figures:
    """Return rows of each attack, one per setting, and verdicts: by which column, and with which limit."""
    found = {}
    for attack in attacks:
        made = runner.attack(attack, instead)
        if draw:
            attacked = [run for one in made for run in one.attacked]
            draw_multiples(grouped(attacked), IMAGES / f"attack-{attack.scenario}.png")
        rows = {one.sets: {column: read(one) for column, read in columns.items()} for one in made}
        found[attack.scenario] = {
            "name": attack.name,
            **{
                name: verdict({sets: row[column] for sets, row in rows.items()}, limit)
                for name, (column, limit) in verdicts.items()
            },
            "rows": rows,
        }
    return found


def verdict(found: Mapping[str, Interval], limit: float = 0) -> dict[str, list[str]]:
    """Sort settings by where the whole interval found with them lies: below a limit, above it, or neither ("open")."""
    below = [sets for sets, one in found.items() if one.mean + one.half < limit]
    above = [sets for sets, one in found.items() if one.mean - one.half > limit]
    return {"below": below, "open": [sets for sets in found if sets not in below + above], "above": above}


def _talk(runner: Runner) -> Figures:
    attacked = runner.file(SCENARIOS / "imdb.toml", "the talk, attacked")
    alone = runner.file(SCENARIOS / "imdb-honest.toml", "the talk, honest alone")
    draw_multiples(grouped(attacked), IMAGES / "attack-talk.png")
    both = Comparison("", attacked, alone)
    assert attacked[0].summary is not None
    return {
        "data": attacked[0].summary["data"],
        "samples": attacked[0].summary["samples"],
        "accuracy": both.mean(accuracy),
        "alone": Interval.of(map(accuracy, alone)),
        "gas": both.mean(money("good", "fee_wei")),
        "end": both.more(accuracy),
        "late": both.more(_late),
        "good": both.mean(_left("good")),
        "bad": both.mean(_left("bad")),
    }


def _left(name: str) -> Figure:
    """Return a figure: an agent's money in the end, in percent of its money at the start."""
    end, start = money(name, "end_wei"), money(name, "start_wei")
    return lambda run: 100 * end(run) / start(run)


def _late(run: Run) -> float:
    """Return the mean accuracy over the last half of the samples, percent."""
    assert run.course is not None
    given, measured = np.array(run.course["contributions"]), np.array(run.course["accuracy"])
    return 100 * float(measured[given > given[-1] / 2].mean())


PARTS: dict[str, Callable[[Runner], Figures]] = {
    "talk": _talk,
    "deposits": _deposits,
    "points": _points,
    "markets": _markets,
}
"""The parts of the page, each with what makes its runs."""
