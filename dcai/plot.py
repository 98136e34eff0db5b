"""Pictures."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from dcai.demo import Outcome

_HONEST, _HOSTILE, _MODEL = "#1b7837", "#b2182b", "#2166ac"


def plot_demo(outcome: Outcome, file: Path) -> None:
    """Draw the talk's picture: balances in % of the start, accuracy on the hidden set, and the all-data baseline.

    Parameters
    ----------
    outcome
        Of `dcai.demo.run`.
    file
        .png, .svg or .pdf.
    """
    days = [moment.days for moment in outcome.course]
    start = {name: balance["start"] for name, balance in outcome.balances_wei.items()}
    with mpl.rc_context({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(8, 5.2), layout="constrained", dpi=144)
        accuracy, money = figure.subplots(2, 1, sharex=True)
        accuracy.plot(days, [moment.accuracy for moment in outcome.course], color=_MODEL, label="shared model")
        accuracy.axhline(outcome.baseline, color="0.35", linestyle=":", label="trained with all data, nobody hostile")
        accuracy.set_ylabel("accuracy, hidden set")
        money.plot(days, [m.honest_wei / start["honest"] for m in outcome.course], color=_HONEST, label="honest")
        money.plot(days, [m.hostile_wei / start["hostile"] for m in outcome.course], color=_HOSTILE, label="hostile")
        money.axhline(1, color="0.8", linewidth=0.8, zorder=0)
        money.set_ylabel("balance, % of the start")
        money.set_xlabel("days on the chain")
        money.set_ylim(bottom=0)
        for axes in (accuracy, money):
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            axes.legend(frameon=False, loc="best")
            axes.margins(x=0.01)
        figure.suptitle(f"A shared perceptron under attack: {outcome.data}, {outcome.backend}", x=0.01, ha="left")
        figure.savefig(file)
