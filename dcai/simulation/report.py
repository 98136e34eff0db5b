"""A run as one HTML file that needs nothing else: interactive charts, what became of everybody, the scenario."""

from __future__ import annotations

import json
from html import escape
from math import isnan
from typing import Any

import numpy as np
import plotly.graph_objects as go  # type: ignore[import-untyped]
from plotly.subplots import make_subplots  # type: ignore[import-untyped]

from dcai.durations import duration_text
from dcai.simulation.picture import MODEL_COLOUR, colours
from dcai.simulation.result import Outcome, Result

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
.bad {{ background: #fdecea; padding: .5rem 1rem; }}
.good {{ background: #eaf5ea; padding: .5rem 1rem; }}
pre {{ background: #f6f6f6; padding: 1rem; overflow: auto; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{summary}</p>
{notes}
{charts}
<h2>Contributors</h2>
{people}
<h2>Refused</h2>
{refused}
<details><summary>Scenario, seed {seed}</summary><pre>{scenario}</pre></details>
</body>
</html>
"""


def render(result: Result) -> str:
    """Return the report of a run."""
    unit = result.scenario["unit"]
    notes = [f'<p class="bad">The run ended early. {escape(result.stopped)}</p>'] if result.stopped else []
    notes += [f'<p class="bad">{escape(problem)}</p>' for problem in result.problems or ()]
    if result.problems == ():
        notes.append('<p class="good">Audit: the contract\'s state equals its log, replayed, word for word.</p>')
    return _PAGE.format(
        title=escape(result.scenario["title"]),
        summary=_summary(result),
        notes="\n".join(notes),
        charts=_charts(result, unit).to_html(full_html=False, include_plotlyjs=True),
        people=_people(result.outcomes, unit),
        refused=_refused(result),
        seed=result.seed,
        scenario=escape(json.dumps(result.scenario, indent=1)),
    )


def _summary(result: Result) -> str:
    days = duration_text(int(result.course["time"].iloc[-1]))
    return (
        f"{result.contributed:,} of {result.samples:,} samples of {escape(result.data)} contributed in {days} of the "
        f"chain's time, {len(result.actions):,} actions. {result.accuracies} "
        f"Money in units of {result.scenario['unit'] / 10**18:g} ether; gas is paid out of it at "
        f"{result.scenario['gas_price'] / 10**9:g} gwei."
    )


def _charts(result: Result, unit: int) -> Any:
    figure = make_subplots(
        rows=3,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.06,
        subplot_titles=("Accuracy on the hidden set", "Balances, units of money", "Gas used, millions"),
    )
    course = result.course
    days = (course["time"] / 86_400).tolist()

    def line(row: int, values: Any, name: str, colour: str | None, **more: Any) -> None:
        trace = go.Scatter(x=days, y=values, name=name, line={"color": colour, **more}, legend=f"legend{row}")
        figure.add_trace(trace, row=row, col=1)

    line(1, course["accuracy"].tolist(), "shared model", MODEL_COLOUR)
    for name in result.classes:
        line(1, course[f"recall.{name}"].tolist(), f"recall of {name}", None, width=1, dash="dot")
    if not isnan(result.baseline):
        figure.add_hline(result.baseline, line_dash="dash", line_color="grey", row=1, col=1)
    for name, colour in colours(result).items():
        line(2, [balance / unit for balance in course[f"balance_wei.{name}"]], name, colour)
        own = result.actions[result.actions["agent"] == name]
        used = np.concatenate(([0], np.cumsum(own["gas"].to_numpy())))
        at = np.searchsorted(own["time"].to_numpy(), course["time"].to_numpy(), side="right")
        line(3, (used[at] / 10**6).tolist(), name, colour)
    figure.update_layout(
        height=950,
        template="simple_white",
        hovermode="x unified",
        legend1={"y": 1},
        legend2={"y": 0.62},
        legend3={"y": 0.28},
    )
    figure.update_yaxes(tickformat=".0%", row=1, col=1)
    figure.update_xaxes(title="days on the chain", row=3, col=1)
    return figure


def _people(outcomes: tuple[Outcome, ...], unit: int) -> str:
    functions = sorted({function for one in outcomes for function in one.done})
    things = list(dict.fromkeys(thing for one in outcomes for thing in one.earned))
    head = ["", "kind", "start", "end", "change", "still open", "paid for gas", *things, *functions]
    rows = [
        [
            one.name,
            one.kind,
            *(
                f"{value / unit:,.2f}"
                for value in (one.start_wei, one.end_wei, one.gain_wei, one.open_wei, one.fee_wei)
            ),
            *map(one.told, things),
            *(f"{one.done.get(function, 0):,}" for function in functions),
        ]
        for one in outcomes
    ]
    return _table(head, rows)


def _refused(result: Result) -> str:
    refused = result.actions[~result.actions["ok"]]
    if refused.empty:
        return "<p>Nothing was refused.</p>"
    counts = refused.groupby(["agent", "function", "reason"], observed=True)["gas"].agg(["size", "sum"]).reset_index()
    return _table(
        ["", "call", "why", "times", "gas"],
        [[*map(str, row[:3]), f"{row[3]:,}", f"{row[4]:,}"] for row in counts.itertuples(index=False)],
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    def line(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return "<table>" + line(head, "th") + "".join(line(row, "td") for row in rows) + "</table>"
