"""Small multiples of a sweep: a column for each setting, accuracy above, balances below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from dcai import files
from dcai.simulation.report.picture import HONEST_COLOURS, MODEL_COLOUR, OTHER_COLOURS, STYLE, plain
from dcai.simulation.sweep.runs import Run
from dcai.simulation.sweep.statistics import by_settings, mean_course

_MOST = 8


def draw_multiples(runs: Sequence[Run], file: Path) -> None:
    """Draw the means over the seeds with their intervals, of the first eight settings.

    Parameters
    ----------
    runs
    file
        .png, .svg or .pdf.
    """
    groups = [(settings, group) for settings, group in by_settings(runs).items() if group][:_MOST]
    if not groups:
        return
    width = max(len(groups), 2)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(min(3.2 * width, 16) + 1.5, 5.5), layout="constrained", dpi=120)
        axes = figure.subplots(2, len(groups), sharex=True, sharey="row", squeeze=False)
        for column, (settings, group) in enumerate(groups):
            top, bottom = axes[:, column]
            _line(top, group, "accuracy", "shared model", MODEL_COLOUR)
            top.set_ylim(0, 1)
            top.set_title(plain("\n".join(settings)) or "as in the file", fontsize=9)
            top.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            assert group[0].summary is not None
            honest, others = iter(HONEST_COLOURS * 9), iter(OTHER_COLOURS * 9)
            for name, agent in group[0].summary["agents"].items():
                _line(bottom, group, name, name, next(honest if agent["kind"] == "Honest" else others))
            bottom.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes[0, 0].set_ylabel("accuracy, hidden set")
        assert groups[0][1][0].summary is not None
        scenario = groups[0][1][0].summary["scenario"]
        axes[1, 0].set_ylabel(f"balance, units of {scenario['unit'] / 10**18:g} ether")
        figure.legend(*axes[1, 0].get_legend_handles_labels(), frameon=False, loc="outside right lower")
        figure.suptitle(
            f"{plain(scenario['title'])}: means over {len(groups[0][1])} seeds, 95% intervals", x=0.01, ha="left"
        )
        figure.supxlabel("samples contributed", fontsize=10)
        with files.written(file) as written:
            figure.savefig(written, format=file.suffix.removeprefix("."))


def _line(axes: Axes, runs: Sequence[Run], column: str, label: str, colour: str) -> None:
    where, intervals = mean_course(runs, column)
    means = np.array([one.mean for one in intervals])
    halves = np.nan_to_num([one.half for one in intervals])
    axes.plot(where, means, color=colour, label=plain(label))
    axes.fill_between(where, means - halves, means + halves, color=colour, alpha=0.2, linewidth=0)
