"""Small multiples of a sweep: a column for each setting; courses above, what came of them below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from dcai import files
from dcai.simulation.report.picture import ALONE, MODEL_COLOUR, STYLE, agent_colours, plain
from dcai.simulation.scenario.scenario import heading
from dcai.simulation.sweep.runs import Run
from dcai.simulation.sweep.statistics import Band, Figures, Group, Spread

_MOST = 8
_TIMES = 240
_DAY = 86_400
_WIDTH = 0.6  # of the points of an agent, where agents are 1 apart


class _Row(NamedTuple):
    label: str
    over_time: bool
    plot: Callable[[Axes, Group], None]


def draw_multiples(groups: Sequence[Group], file: Path) -> None:
    """Draw the course of the first eight settings, the end of each run, and the differences to the first setting.

    Parameters
    ----------
    groups
        As `grouped` returns them: the figures are those of the tables.
    file
        .png, .svg or .pdf.
    """
    left_out, groups = len(groups) - _MOST, groups[:_MOST]
    if not groups:
        return
    summary = groups[0].runs[0].summary
    assert summary is not None
    rows = _rows(groups, summary)
    count = len(groups)
    with mpl.rc_context(STYLE):
        figure = Figure(
            figsize=(min(3 * max(count, 2), 18) + 1.6, 1.9 * len(rows) + 1.4), layout="constrained", dpi=120
        )
        axes = figure.subplots(len(rows), count, sharey="row", squeeze=False)
        for row, line in zip(rows, axes, strict=True):
            line[0].set_ylabel(row.label)
            for group, place in zip(groups, line, strict=True):
                row.plot(place, group)
        for group, place in zip(groups, axes[0], strict=True):
            place.set_title(plain(group.name), fontsize=9)
        last = sum(row.over_time for row in rows) - 1
        for place in axes[: last + 1].flat:
            place.tick_params(labelbottom=place in axes[last])
        for place in axes[last]:
            place.set_xlabel("days on the chain", fontsize=9)
        shown = [axes[row, 0].get_legend_handles_labels() for row in (0, 1)]
        handles, labels = ([one for found in shown for one in found[at]] for at in (0, 1))
        figure.legend(handles, labels, frameon=False, loc="outside right upper")
        more = f"; the first {_MOST} of {_MOST + left_out} settings" if left_out > 0 else ""
        figure.suptitle(plain(heading(summary["scenario"])) + more, x=0.01, ha="left")
        figure.supxlabel(
            "Lines: median of the runs; dark bands: their middle half; light bands: all of them.\n"
            "Points: runs; bar: median; whiskers: 95% interval of the mean difference.",
            fontsize=8,
            x=0.01,
            ha="left",
            color="0.35",
        )
        with files.written(file) as written:
            figure.savefig(written, format=file.suffix.removeprefix("."))


def _rows(groups: Sequence[Group], summary: Mapping[str, Any]) -> list[_Row]:
    """Return what the rows show, those over time first."""
    colours = agent_colours({name: one["kind"] for name, one in summary["agents"].items()})
    unit = f"units of {summary['scenario']['unit'] / 10**18:g} ether"
    times = np.linspace(0, max(_end(run) for group in groups for run in group.runs), _TIMES)
    main = groups[0].main
    what = "change of balance" if main == "change" else main

    def course(prefix: str) -> Callable[[Axes, Group], None]:
        def plot(axes: Axes, group: Group) -> None:
            for name, colour in colours.items():
                _course(axes, group, f"{prefix}.{name}", times, name, colour)
            axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.10g}"))

        return plot

    def accuracy(axes: Axes, group: Group) -> None:
        _course(axes, group, "accuracy", times, "shared model", MODEL_COLOUR)
        if alone := group.figures.accuracy.get("alone"):
            axes.axhline(alone.median, color="0.35", linestyle=":", label=ALONE)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))

    def ends(figures: Callable[[Group], Figures | None]) -> Callable[[Axes, Group], None]:
        def plot(axes: Axes, group: Group) -> None:
            found = figures(group)
            shown = {} if found is None else {name: one[main] for name, one in found.agents.items() if main in one}
            _ends(axes, shown, colours, intervals=found is group.more)

        return plot

    rows = [_Row("accuracy,\nhidden set", True, accuracy), _Row(f"balance,\n{unit}", True, course("balance"))]
    if main != "change":
        rows.append(_Row(main, True, course(main)))
    rows.append(_Row(f"{what}\nin the end", False, ends(lambda group: group.figures)))
    if len(groups) > 1:
        rows.append(_Row("difference to the first\nsetting, seed by seed", False, ends(lambda group: group.more)))
    return rows


def _end(run: Run) -> float:
    assert run.course is not None
    return float(run.course["time"][-1] or 0)


def _course(axes: Axes, group: Group, column: str, times: Any, label: str, colour: str) -> None:
    if not all(run.course is not None and column in run.course for run in group.runs):
        return
    found = Band.of(group.runs, column, times)
    days = times / _DAY
    axes.plot(days, found.median, color=colour, label=plain(label), linewidth=1.4)
    axes.fill_between(days, found.least, found.most, color=colour, alpha=0.12, linewidth=0)
    axes.fill_between(days, found.low, found.high, color=colour, alpha=0.25, linewidth=0)
    axes.margins(x=0.01)
    axes.xaxis.set_major_locator(MaxNLocator(5, min_n_ticks=2))


def _ends(axes: Axes, figures: Mapping[str, Spread], colours: Mapping[str, str], *, intervals: bool) -> None:
    axes.axhline(0, color="0.8", linewidth=0.8, zorder=0)
    axes.set_xlim(-0.6, len(colours) - 0.4)
    axes.set_xticks([])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.10g}"))
    if not figures:
        axes.text(0.5, 0.55, "the first setting", transform=axes.transAxes, ha="center", color="0.5", fontsize=9)
    for at, (name, colour) in enumerate(colours.items()):
        if name not in figures:
            continue
        spread = figures[name]
        places = at + _WIDTH * (np.arange(len(spread.values)) / max(len(spread.values) - 1, 1) - 0.5)
        axes.scatter(places, spread.values, s=9, color=colour, alpha=0.6, linewidths=0)
        axes.hlines(spread.median, at - _WIDTH / 2, at + _WIDTH / 2, color=colour, linewidth=2)
        if intervals and len(spread.values) > 1:
            axes.errorbar(at, spread.mean.mean, spread.mean.half, color="0.25", capsize=3, linewidth=1)
