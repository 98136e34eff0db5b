"""A run as a picture: accuracy above, balances below."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from dcai import files
from dcai.simulation.result import Result
from dcai.untrusted import printable

HONEST_COLOURS = ("#1b7837", "#5aae61", "#a6dba0")
OTHER_COLOURS = ("#b2182b", "#e08214", "#8073ac", "#c51b7d", "#542788")
MODEL_COLOUR = "#2166ac"
ALONE = "its owner alone, all data"
"""What the accuracy of a shared model is compared with: the same model, trained by nobody but its owner."""

STYLE: dict[Any, Any] = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}


def draw(result: Result, file: Path) -> None:
    """Draw a run.

    Parameters
    ----------
    result
    file
        .png, .svg or .pdf.
    """
    days = (result.course["time"] / 86_400).tolist()
    days.append(1.02 * days[-1])  # else what happens in the last moment can't be seen
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 5.2), layout="constrained", dpi=144)
        accuracy, money = figure.subplots(2, 1, sharex=True)
        # what was noted holds until the next note
        accuracy.step(
            days, _held(result.course["accuracy"].tolist()), where="post", color=MODEL_COLOUR, label="shared model"
        )
        if not isnan(result.baseline):
            accuracy.axhline(result.baseline, color="0.35", linestyle=":", label=ALONE)
        accuracy.set_ylabel("accuracy, hidden set")
        for name, colour in colours(result).items():
            money.step(days, _held(_share(result, name)), where="post", color=colour, label=plain(name))
        money.axhline(1, color="0.8", linewidth=0.8, zorder=0)
        money.set_ylabel("balance, % of the start")
        money.set_xlabel("days on the chain")
        money.set_ylim(bottom=0)
        for axes in (accuracy, money):
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0)
            axes.margins(x=0.01)
        figure.suptitle(plain(result.scenario["title"]), x=0.01, ha="left")
        with files.written(file) as written:
            figure.savefig(written, format=file.suffix.removeprefix("."))


def plain(text: str) -> str:
    """Return a text that may be a stranger's as Matplotlib shows it as it is: without formulas between dollars."""
    return printable(text).replace("$", r"\$")


def colours(result: Result) -> dict[str, str]:
    """Return a colour for each agent: greens for the honest ones."""
    honest, others = iter(HONEST_COLOURS * 9), iter(OTHER_COLOURS * 9)
    return {one.name: next(honest if one.kind == "Honest" else others) for one in result.outcomes}


def _held(values: list[float]) -> list[float]:
    return [*values, values[-1]]


def _share(result: Result, name: str) -> list[float]:
    balances = result.course[f"balance_wei.{name}"]
    start = max(balances.iloc[0], 1)
    return [balance / start for balance in balances]
