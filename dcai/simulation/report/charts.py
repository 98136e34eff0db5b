"""A run as interactive charts: accuracy, balances and gas over time."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import cycle

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dcai.simulation.report.picture import MODEL_COLOUR, alone, colours
from dcai.simulation.result import Result
from dcai.untrusted import printable

_DAY = 86_400
# What begins in the first part of a run, or all but in the last, needs no mark.
_EDGE = 0.02
# What begins or ends stands above the first chart, in lines of so many pixels.
_LEVELS, _LEVEL = 3, 14
_DASHES = {":": "dot", "--": "dash"}
_RECALL_COLOURS = ("#67a9cf", "#ef8a62", "#7fbc41", "#c994c7", "#969696")


def charts(result: Result) -> str:
    """Return the charts as HTML that needs nothing else."""
    unit = result.scenario["unit"]
    course = result.course
    points = any(f"points.{one.name}" in course for one in result.outcomes)
    titles = ["Accuracy on the hidden set", f"Balances, units of {unit / 10**18:g} ether", "Gas used, millions"]
    if points:
        titles.append("Points")
    rows = len(titles)
    figure = make_subplots(rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.26 / rows, subplot_titles=titles)
    days = (course["time"] / _DAY).tolist()
    days.append(days[-1] * (1 + _EDGE))  # else what happens in the last moment can't be seen

    def line(row: int, values: list[float], name: str, colour: str, **more: object) -> None:
        # what was noted holds until the next note
        style = {"color": colour, "shape": "hv", **more}
        held = [*values, values[-1]]
        trace = go.Scatter(x=days, y=held, name=_plain(name), line=style, legend=f"legend{row}", legendgroup=name)
        figure.add_trace(trace, row=row, col=1)

    line(1, course["accuracy"].tolist(), "shared model", MODEL_COLOUR)
    for value, (label, style) in alone(result):
        line(1, [value] * len(course), label, "grey", dash=_DASHES[style])
    for name, colour in zip(result.classes, cycle(_RECALL_COLOURS), strict=False):
        line(1, course[f"recall.{name}"].tolist(), f"recall of {name}", colour, width=1, dash="dot")
    for name, colour in colours(result).items():
        line(2, course[f"balance.{name}"].tolist(), name, colour)
        own = result.actions[result.actions["agent"] == name]
        used = np.concatenate(([0], np.cumsum(own["gas"].to_numpy())))
        at = np.searchsorted(own["time"].to_numpy(), course["time"].to_numpy(), side="right")
        line(3, (used[at] / 10**6).tolist(), name, colour)
        if f"points.{name}" in course:
            line(4, course[f"points.{name}"].tolist(), name, colour)
    for row in range(3, rows + 1):
        figure.update_traces(showlegend=False, row=row, col=1)  # the colours are those of the balances
    figure.update_annotations(x=0, xanchor="left", yshift=4)
    figure.layout.annotations[0].yshift = _LEVELS * _LEVEL + 4  # above the events
    for at, (day, event) in enumerate(sorted(_events(result))):
        figure.add_vline(day, line={"color": "grey", "width": 1, "dash": "dot"})
        side = "left" if day < days[-1] / 2 else "right"
        place = {"x": day, "xanchor": side, "y": 1, "yref": "y domain", "yanchor": "bottom"}
        shift = _LEVEL * (at % _LEVELS)
        figure.add_annotation(
            text=_plain(event), showarrow=False, font={"size": 11, "color": "grey"}, yshift=shift, **place
        )
    # beside the data, whose place nobody knows
    legend = {"x": 1.01, "xanchor": "left", "yanchor": "top", "font": {"size": 11}}
    figure.update_layout(
        height=120 + 290 * rows,
        margin={"l": 60, "r": 10, "t": 90, "b": 50},
        template="simple_white",
        hovermode="x unified",
        legend1={**legend, "y": figure.layout.yaxis.domain[1]},
        legend2={**legend, "y": figure.layout.yaxis2.domain[1]},
    )
    figure.update_yaxes(tickformat=".0%", hoverformat=".1%", row=1, col=1)
    figure.update_yaxes(tickformat=",", hoverformat=",.2f", row=2, col=1)
    figure.update_yaxes(hoverformat=",.2f", row=3, col=1)
    figure.update_xaxes(showticklabels=True, hoverformat=".2f", unifiedhovertitle={"text": "day %{x}"})
    figure.update_xaxes(title="days on the chain", row=rows, col=1)
    page: str = figure.to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    return page


def _plain(text: str) -> str:
    """Return a text that may be a stranger's as Plotly shows it as it is: it takes tags for HTML."""
    return html.escape(printable(text))


def _events(result: Result) -> Iterator[tuple[float, str]]:
    """Yield when something begins or ends in the middle of the run, days, and what."""
    end = result.course["time"].iloc[-1]
    contributions = result.course["contributions"]
    over = result.course["time"][contributions >= contributions.iloc[-1]].iloc[0]
    found = [(over, "last sample contributed")]
    for one in result.outcomes:
        own = result.actions["time"][result.actions["agent"] == one.name]
        if len(own):
            found.append((own.iloc[0], f"{one.name} begins"))
    for time, event in found:
        if _EDGE * end < time < (1 - _EDGE) * end:
            yield time / _DAY, event
