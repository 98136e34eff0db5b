"""The part of docs/attacks.md about the talk's findings."""

from __future__ import annotations

import numpy as np

from dcai.simulation.report.multiples import draw_multiples
from dcai.simulation.sweep.runs import Run
from dcai.simulation.sweep.statistics import Interval
from scripts.studies.attacks.deposits import IMAGES
from scripts.studies.attacks.runs import SCENARIOS, Comparison, Figure, Runner, accuracy, money
from scripts.studies.attacks.tables import table, wrapped

_ATTACKED, _ALONE = "imdb.toml", "imdb-honest.toml"
_GOOD, _BAD = "good", "bad"
_NEAR = 3
"""How many points of accuracy the talk loses at most."""

_TEXT = """\
## The talk's findings

`simulations/{file}`: {data}, {samples:,} samples contributed, in another order with each of {seeds} seeds. Accuracy in
the end {final:.2f}%, with the good agent alone {alone:.2f}%. The good agent pays {gas:,.0f} units for gas, which the
talk left out.

"""


def part(runner: Runner) -> str:
    """Make the runs, draw them, and return the part."""
    attacked = runner.file(SCENARIOS / _ATTACKED, "the talk, attacked")
    alone = runner.file(SCENARIOS / _ALONE, "the talk, honest alone")
    draw_multiples(attacked, IMAGES / "attack-talk.png")
    both = Comparison("", attacked, alone)
    assert attacked[0].summary is not None
    text = _TEXT.format(
        file=_ATTACKED,
        data=attacked[0].summary["data"],
        samples=attacked[0].summary["samples"],
        seeds=runner.seeds,
        final=both.mean(accuracy),
        alone=Interval.of(map(accuracy, alone)),
        gas=both.mean(money(_GOOD, "fee_wei")),
    )
    good, bad = both.mean(_left(_GOOD)), both.mean(_left(_BAD))
    rows = [
        _near(f"accuracy ends within {_NEAR} points of the all-honest run", both.more(accuracy)),
        _near(f"and is within {_NEAR} points of it in the last half of the run", both.more(_late)),
        ["the honest agent ends above its start", f"{good:.0f}% of it", _yes(good.mean - good.half > 100)],
        ["the bad agent ends below half of its own", f"{bad:.0f}% of it", _yes(bad.mean + bad.half < 50)],
    ]
    return wrapped(text) + table(("finding", "here", "holds"), rows) + "![The talk](images/attack-talk.png)\n\n"


def _near(what: str, points: Interval) -> list[str]:
    return [what, f"{points:+.2f} points", _yes(points.mean - points.half > -_NEAR)]


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _left(name: str) -> Figure:
    """Return what reads how much an agent has in the end of what it started with, percent."""
    end, start = money(name, "end_wei"), money(name, "start_wei")
    return lambda run: 100 * end(run) / start(run)


def _late(run: Run) -> float:
    """Return the mean accuracy over the last half of the samples, percent."""
    assert run.course is not None
    given, measured = np.array(run.course["contributions"]), np.array(run.course["accuracy"])
    return 100 * float(measured[given > given[-1] / 2].mean())
