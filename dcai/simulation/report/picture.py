"""A run as a picture: accuracy above, balances below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from dcai import files
from dcai.simulation.result import Result
from dcai.untrusted import printable

HONEST_COLOURS = ("#1b7837", "#5aae61", "#a6dba0")
OTHER_COLOURS = ("#b2182b", "#e08214", "#8073ac", "#c51b7d", "#542788")
MODEL_COLOUR, COMPARED_COLOUR = "#2166ac", "#92b8d8"
ALONE = "its owner alone, one pass"
"""What the accuracy of a shared model is compared with: the same model, trained by nobody but its owner."""

STYLE: dict[Any, Any] = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}


def draw(result: Result, file: Path, compared: Mapping[str, Result] | None = None) -> None:
    """Draw a run.

    Parameters
    ----------
    result
    file
        .png, .svg or .pdf.
    compared
        Runs of other models, whose accuracy is a thin line, by what they are called.
    """
    days = (result.course["time"] / 86_400).tolist()
    days.append(1.02 * days[-1])  # else what happens in the last moment can't be seen
    colour_of = colours(result)
    points = {name: f"points.{name}" for name in colour_of if f"points.{name}" in result.course}
    paid = not points or any(one.deposited_wei for one in result.outcomes)  # else money only pays for gas
    count = 1 + bool(paid) + bool(points)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.4, 0.6 + 2.4 * count), layout="constrained", dpi=144)
        accuracy, *others = figure.subplots(count, 1, sharex=True)
        # what was noted holds until the next note
        accuracy.step(
            days, _held(result.course["accuracy"].tolist()), where="post", color=MODEL_COLOUR, label="shared model"
        )
        for name, other in (compared or {}).items():
            when, values = (other.course["time"] / 86_400).tolist(), other.course["accuracy"].tolist()
            accuracy.step(when, values, where="post", color=COMPARED_COLOUR, linewidth=0.7, label=plain(name), zorder=1)
        for value, (label, style) in alone(result):
            accuracy.axhline(value, color="0.35", linestyle=style, linewidth=1.2, label=label)
        accuracy.set_ylabel("accuracy, hidden set")
        accuracy.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        if paid:
            money = others[0]
            for name, colour in colour_of.items():
                money.step(days, _held(_share(result, name)), where="post", color=colour, label=plain(name))
            money.axhline(1, color="0.8", linewidth=0.8, zorder=0)
            money.set_ylabel("balance, % of the start")
            money.set_ylim(bottom=0)
            money.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        for name, column in points.items():
            values = _held(result.course[column].tolist())
            others[-1].step(days, values, where="post", color=colour_of[name], label=plain(name))
            others[-1].set_ylabel("points")
            others[-1].yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.10g}"))
        for axes in (accuracy, *others):
            axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), borderaxespad=0)
            axes.margins(x=0.01)
        others[-1].set_xlabel("days on the chain")
        figure.suptitle(plain(result.title), x=0.01, ha="left")
        with files.written(file) as written:
            figure.savefig(written, format=file.suffix.removeprefix("."))


def plain(text: str) -> str:
    """Return a text that may be a stranger's as Matplotlib shows it as it is: without formulas between dollars."""
    return printable(text).replace("$", r"\$")


def alone(result: Result) -> Iterator[tuple[float, tuple[str, str]]]:
    """Yield the accuracies of the owner alone, where they are known: each with its name and the style of its line."""
    if result.alone:
        yield result.baseline, (ALONE, ":")
    if len(result.alone) > 1:
        yield result.alone[-1], (f"its owner alone, {len(result.alone)} passes", "--")


def colours(result: Result) -> dict[str, str]:
    """Return a colour for each agent of a run."""
    return agent_colours({one.name: one.kind for one in result.outcomes})


def agent_colours(kinds: Mapping[str, str]) -> dict[str, str]:
    """Return a colour for each agent, by name: greens for the honest ones."""
    honest, others = cycle(HONEST_COLOURS), cycle(OTHER_COLOURS)
    return {name: next(honest if kind == "Honest" else others) for name, kind in kinds.items()}


def _held(values: list[float]) -> list[float]:
    return [*values, values[-1]]


def _share(result: Result, name: str) -> list[float]:
    balances = result.course[f"balance_wei.{name}"]
    start = max(balances.iloc[0], 1)
    return [balance / start for balance in balances]
