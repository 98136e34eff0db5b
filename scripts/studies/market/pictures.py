"""The pictures of docs/market.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import NDArray

from dcai.simulation.sweep.statistics import Interval
from scripts.studies.market.attacks import ATTACKS
from scripts.studies.market.course import MARKS, PARTICIPANTS, Gains, Outcome, Setting, hidden
from scripts.studies.market.settings import BOUNTIES, FEW, MODEL, ORDERS, ROUNDS, SIZES, TURN, Case
from scripts.studies.market.turns import Held
from scripts.studies.pages import DOCS

_IMAGES = DOCS / "images"

START = 10_000
"""Stakes that each participant has at the beginning, as in the talk."""

_GREEN, _RED, _BLUE = "#1b7837", "#b2182b", "#2166ac"
_LINES = (_GREEN, "#5aae61", "#a6dba0", _RED, "#ef8a62")
_STYLE: Any = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
_COUNT = FuncFormatter(lambda x, _: f"{x:,.0f}")


def draw(
    outcomes: Mapping[Setting, Sequence[Outcome]],
    gains: Mapping[Setting, Gains],
    held: Mapping[Case, Sequence[Held]],
) -> None:
    """Draw the pictures, from outcomes with one entry per seed."""
    turns = held[Case(MODEL, ATTACKS[0], TURN)]
    _draw_balances("market.png", f"{MODEL}, turns of {TURN}", [_outcome(one) for one in turns])
    _draw_balances("market_talk.png", "the talk's rule", outcomes[Setting()])
    _draw_gains(gains)


def _outcome(held: Held) -> Outcome:
    """Return a market of turns as one of samples, between the marks of the other picture."""
    turns = np.arange(len(held.authors))
    gains = np.zeros((len(turns) + 1, len(PARTICIPANTS)))
    gains[turns + 1, held.authors] = held.gains(ROUNDS, FEW)
    size = hidden(FEW)
    at = MARKS // held.turn
    accuracy = 1 - held.mistakes[:, held.sizes.index(size)] / size
    samples = held.turn * np.bincount(held.authors, minlength=len(PARTICIPANTS))
    return Outcome(samples, gains.cumsum(axis=0)[np.minimum(at, len(turns))], accuracy[np.minimum(at, len(turns))])


def _draw_balances(file: str, what: str, outcomes: Sequence[Outcome]) -> None:
    """Draw the talk's picture: accuracy, and balances in % of the start."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 5.4), layout="constrained", dpi=144)
        accuracy, money = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
        _band(accuracy, [one.accuracy for one in outcomes], _BLUE, "shared model")
        accuracy.set_ylabel("accuracy, hidden set")
        for number, (name, color) in enumerate(zip(PARTICIPANTS, _LINES, strict=True)):
            _band(money, [1 + one.gains[:, number] / START for one in outcomes], color, name)
        money.axhline(1, color="0.8", linewidth=0.8, zorder=0)
        money.set_ylabel("balance, % of the start")
        money.set_xlabel("contributions")
        money.xaxis.set_major_formatter(_COUNT)
        for axes in (accuracy, money):
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
            axes.margins(x=0.01)
        title = f"A prediction market under attack ({what}): IMDB, mean of {len(outcomes)} seeds"
        figure.suptitle(title, x=0.01, ha="left")
        figure.savefig(_IMAGES / file)


def _draw_gains(gains: Mapping[Setting, Gains]) -> None:
    """Draw gains per sample by the talk's rule, by the size of the test set, by the bounty, and by the order."""
    sizes = {tests: gains[Setting(tests=tests)] for tests in SIZES}
    bounties = {rounds: gains[Setting(rounds=rounds)] for rounds in BOUNTIES}
    orders = {name: gains[Setting(order)] for name, order in ORDERS.items()}
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(12, 4), layout="constrained", dpi=144)
        by_size, by_bounty, by_order = figure.subplots(1, 3, width_ratios=(3, 3, 4))
        for axes, points, name in ((by_size, sizes, "test samples"), (by_bounty, bounties, "bounty, stakes")):
            for who, color in ((0, _GREEN), (1, _RED)):
                mean, half = _means(gain[who] for gain in points.values())
                axes.errorbar(list(points), mean, half, color=color, marker="o", markersize=4, capsize=2, linewidth=1.2)
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(_COUNT)
            axes.minorticks_off()
            axes.set_xlabel(name)
            axes.axhline(0, color="0.8", linewidth=0.8, zorder=0)
        by_size.set_xticks(list(sizes))
        by_bounty.set_xticks(list(bounties)[::2])
        by_size.set_ylabel("gain per sample, stakes")
        # gains grow with the bounty, and are below 0 where it is least
        by_bounty.set_yscale("symlog", linthresh=0.01)
        by_bounty.set_ylim(-0.03, 6)
        by_bounty.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
        _plot_orders(by_order, orders)
        figure.savefig(_IMAGES / "market_settings.png")


def _plot_orders(axes: Axes, orders: Mapping[str, Gains]) -> None:
    for who, color, name in ((0, _GREEN, "honest"), (1, _RED, "hostile")):
        mean, half = _means(pair[who] for pair in orders.values())
        axes.errorbar(
            mean,
            np.arange(len(orders)),
            xerr=half,
            color=color,
            marker="o",
            markersize=4.5,
            capsize=2,
            linestyle="none",
            label=name,
        )
    axes.axvline(0, color="0.8", linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(orders)), [name.replace(", ", ",\n") for name in orders])
    axes.invert_yaxis()
    axes.set_xlabel("gain per sample, stakes")
    axes.figure.legend(frameon=False, loc="outside upper center", ncols=2)


def _band(axes: Axes, courses: Sequence[NDArray[np.float64]], color: str, label: str) -> None:
    mean, half = map(np.array, _means(np.array(courses).T))
    axes.fill_between(MARKS, mean - half, mean + half, color=color, alpha=0.15, linewidth=0)
    axes.plot(MARKS, mean, color=color, label=label)


def _means(samples: Iterable[NDArray[np.float64]]) -> tuple[list[float], list[float]]:
    """Return the mean of each sample, and half the width of its interval."""
    intervals = [Interval.of(sample) for sample in samples]
    return [one.mean for one in intervals], [one.half for one in intervals]
