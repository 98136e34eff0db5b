"""A run as one HTML file that needs nothing else: interactive charts, the outcome for each agent, the scenario."""

from __future__ import annotations

import html
import json

from dcai.simulation.outcome import Outcome
from dcai.simulation.refunds import HEAD, TITLE
from dcai.simulation.report.charts import charts
from dcai.simulation.result import Result
from dcai.times import duration_text
from dcai.untrusted import printable

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: right; }}
.words {{ text-align: left; }}
h2 {{ margin-top: 2rem; font-size: 1.2rem; }}
.wide {{ overflow-x: auto; }}
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
<h2>Money, units of {unit:g} ether</h2>
{money}
{earned}
<h2>Actions (refused)</h2>
{actions}
{refunds}
{refused}
<details><summary>Scenario, seed {seed}</summary><pre>{scenario}</pre></details>
<details><summary>Versions, data and digest</summary><pre>{versions}</pre></details>
</body>
</html>
"""


def escape(text: str) -> str:
    """Return a text that may be a stranger's, as HTML."""
    return html.escape(printable(text))


def render(result: Result) -> str:
    """Return the report of a run."""
    unit = result.scenario["unit"]
    notes = [f'<p class="bad">The run ended early. {escape(result.stopped)}</p>'] if result.stopped else []
    notes += [f'<p class="bad">{escape(problem)}</p>' for problem in result.problems or ()]
    if result.problems == ():
        notes.append('<p class="good">Audit: the contract\'s state equals its log, replayed, word for word.</p>')
    return _PAGE.format(
        title=escape(result.title),
        summary=_summary(result),
        notes="\n".join(notes),
        charts=charts(result),
        unit=unit / 10**18,
        money=_money(result.outcomes, unit),
        earned=_earned(result.outcomes),
        actions=_actions(result.outcomes),
        refunds=_refunds(result),
        refused=_refused(result),
        seed=result.seed,
        versions=escape(json.dumps(_origin(result), indent=1)),
        scenario=escape(json.dumps(result.scenario, indent=1)),
    )


def _summary(result: Result) -> str:
    days = duration_text(int(result.course["time"].iloc[-1]))
    fork = result.fork
    begins = "" if fork is None else f"On a copy of {fork.trainer}, block {fork.block:,} of chain {fork.chain_id}. "
    return begins + (
        f"{escape(result.contributions)}: contributed in {days} of the chain's time, {len(result.actions):,} actions. "
        f"{result.accuracies} "
        f"Money in units of {result.scenario['unit'] / 10**18:g} ether; gas is paid out of it at "
        f"{result.scenario['gas_price'] / 10**9:g} gwei."
    )


def _origin(result: Result) -> dict[str, object]:
    told = result.summary()
    return {key: told[key] for key in ("versions", "data", "data_sha256", "fork", "trainer", "digest")}


def _money(outcomes: tuple[Outcome, ...], unit: int) -> str:
    head = ["", "kind", "start", "end", "change", "still open", "paid for gas", "from real people"]
    rows = []
    for one in outcomes:
        amounts = (one.start_wei, one.end_wei, one.gain_wei, one.open_wei, one.fee_wei, one.outside_wei)
        rows.append([one.name, one.kind, *(f"{amount / unit:,.2f}" for amount in amounts)])
    if not any(one.outside_wei for one in outcomes):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return _table(head, rows)


def _earned(outcomes: tuple[Outcome, ...]) -> str:
    things = list(dict.fromkeys(thing for one in outcomes for thing in one.earned))
    if not things:
        return ""
    return "<h2>Earned</h2>" + _table(["", *things], [[one.name, *map(one.earned_text, things)] for one in outcomes])


def _actions(outcomes: tuple[Outcome, ...]) -> str:
    functions = list(dict.fromkeys(function for one in outcomes for function in (*one.done, *one.refused)))
    rows = []
    for one in outcomes:
        counts = ((one.done.get(function, 0), one.refused.get(function, 0)) for function in functions)
        rows.append([one.name, *(f"{done:,}" + (f" ({refused:,})" if refused else "") for done, refused in counts)])
    return _table(["", *functions], rows)


def _refunds(result: Result) -> str:
    if not result.refunds:
        return ""
    return f"<h2>{TITLE}</h2>" + _table(list(HEAD), [list(one.row()) for one in result.refunds])


def _refused(result: Result) -> str:
    refused = result.actions[~result.actions["ok"]]
    if refused.empty:
        return ""
    counts = refused.groupby(["agent", "function", "reason"], observed=True)["gas"].agg(["size", "sum"]).reset_index()
    return "<h2>Why actions were refused</h2>" + _table(
        ["", "action", "why", "times", "gas"],
        [[*map(str, row[:3]), f"{row[3]:,}", f"{row[4]:,}"] for row in counts.itertuples(index=False)],
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table; columns of words are aligned left, columns of numbers right."""
    words = [any(row[at][:1].isalpha() for row in rows) for at in range(len(head))]

    def line(cells: list[str], tag: str) -> str:
        opened = [f'<{tag} class="words">' if left else f"<{tag}>" for left in words]
        return (
            "<tr>"
            + "".join(f"{open_}{escape(cell)}</{tag}>" for open_, cell in zip(opened, cells, strict=True))
            + "</tr>"
        )

    return '<div class="wide"><table>' + line(head, "th") + "".join(line(row, "td") for row in rows) + "</table></div>"
