"""The pictures of docs/market.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import NDArray
from scipy import stats

from scripts.studies.market.course import HOSTILE, MARKS, PARTICIPANTS, Outcome

START = 10_000
"""Stakes that each participant has at the beginning, as in the talk."""

_GREEN, _RED, _BLUE = "#1b7837", "#b2182b", "#2166ac"
_LINES = (_GREEN, "#5aae61", "#a6dba0", _RED, "#ef8a62")
_STYLE: Any = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
_COUNT = FuncFormatter(lambda x, _: f"{x:,.0f}")


class Interval(NamedTuple):
    """The mean over seeds, with half the width of its 95% interval."""

    mean: Any
    half: Any

    @classmethod
    def of(cls, values: Any) -> Interval:
        """Return that of numbers or arrays, one a seed: Student's."""
        width = stats.t.ppf(0.975, len(values) - 1)
        return cls(np.mean(values, axis=0), width * stats.sem(values, axis=0))


class Gains(NamedTuple):
    """What a sample gained, in stakes, one number a seed: of the honest participants and of the hostile ones."""

    honest: NDArray[np.float64]
    hostile: NDArray[np.float64]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Gains:
        """Return those of outcomes, one a seed."""
        gains, samples = (np.array(of) for of in zip(*((one.gains[-1], one.samples) for one in outcomes), strict=True))
        return cls(*(gains[:, who].sum(axis=1) / samples[:, who].sum(axis=1) for who in (~HOSTILE, HOSTILE)))


def plot_balances(outcomes: Sequence[Outcome], title: str, file: Path) -> None:
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
        figure.suptitle(title, x=0.01, ha="left")
        figure.savefig(file)


def plot_gains(
    sizes: Mapping[int, Gains], bounties: Mapping[int, Gains], orders: Mapping[str, tuple[Gains, Gains]], file: Path
) -> None:
    """Draw gains a sample by the size of the test set, by the bounty, and by the order, there also grouped."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(12, 4), layout="constrained", dpi=144)
        by_size, by_bounty, by_order = figure.subplots(1, 3, width_ratios=(3, 3, 4))
        for axes, gains, name in ((by_size, sizes, "test samples"), (by_bounty, bounties, "bounty, stakes")):
            for who, color in ((0, _GREEN), (1, _RED)):
                mean, half = zip(*(Interval.of(gain[who]) for gain in gains.values()), strict=True)
                axes.errorbar(list(gains), mean, half, color=color, marker="o", markersize=4, capsize=2, linewidth=1.2)
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(_COUNT)
            axes.minorticks_off()
            axes.set_xlabel(name)
            axes.axhline(0, color="0.8", linewidth=0.8, zorder=0)
        by_size.set_xticks(list(sizes))
        by_bounty.set_xticks(list(bounties)[::2])
        by_size.set_ylabel("gain a sample, stakes")
        # gains grow with the bounty, and are below 0 where it is least
        by_bounty.set_yscale("symlog", linthresh=0.01)
        by_bounty.set_ylim(-0.03, 6)
        by_bounty.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
        _plot_orders(by_order, orders)
        figure.savefig(file)


def _plot_orders(axes: Axes, orders: Mapping[str, tuple[Gains, Gains]]) -> None:
    for who, color, name in ((0, _GREEN, "honest"), (1, _RED, "hostile")):
        for grouped in (0, 1):
            mean, half = zip(*(Interval.of(pair[grouped][who]) for pair in orders.values()), strict=True)
            axes.errorbar(
                mean,
                np.arange(len(orders)) + (0.12 if grouped else -0.12),
                xerr=half,
                color=color,
                marker="o",
                markersize=4.5,
                markerfacecolor="white" if grouped else color,
                capsize=2,
                linestyle="none",
                label=f"{name}, grouped" if grouped else name,
            )
    axes.axvline(0, color="0.8", linewidth=0.8, zorder=0)
    axes.set_yticks(range(len(orders)), [name.replace(", ", ",\n") for name in orders])
    axes.invert_yaxis()
    axes.set_xlabel("gain a sample, stakes")
    axes.figure.legend(frameon=False, loc="outside upper center", ncols=4)


def _band(axes: Axes, courses: Sequence[NDArray[np.float64]], color: str, label: str) -> None:
    mean, half = Interval.of(courses)
    axes.fill_between(MARKS, mean - half, mean + half, color=color, alpha=0.15, linewidth=0)
    axes.plot(MARKS, mean, color=color, label=label)
