"""Measure what the contracts cost and compare with gas.json: `python -m scripts.studies.gas.measure [--update]`.

Every figure is the gas of real transactions on anvil under Osaka's rules, made as a user of the package makes them, the
transaction's base fee included. Nothing in it is left to chance (seeds, addresses and times are fixed), so that it
comes out the same to the unit on every machine, and a change in review is a change of the contracts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from scripts.studies import ROOT
from scripts.studies.gas.figures import FIGURES
from scripts.studies.gas.incentives import gamified_100
from scripts.studies.gas.market import MARKETS
from scripts.studies.gas.models import MODELS
from scripts.studies.gas.scenarios import (
    IMDB,
    Gas,
    imdb,
    imdb_1000,
    implementations,
    settled_100,
    sparse_perceptron_100,
    sparse_perceptron_1000,
)

SNAPSHOT = ROOT / "gas.json"
PAGE = ROOT / "docs" / "gas.md"

PARTS: tuple[Callable[[], Gas], ...] = (
    implementations,
    sparse_perceptron_100,
    settled_100,
    gamified_100,
    *MARKETS,
    sparse_perceptron_1000,
    imdb_1000,
    *MODELS,
)


def measure(parts: Iterable[Callable[[], Gas]] = PARTS) -> Gas:
    """Return the figures, id -> gas (bytes for `bytecode_size.*`), each part on a chain of its own."""
    return dict(sorted((name, value) for part in parts for name, value in part().items()))


def drifts(measured: Gas, snapshot: Gas) -> list[str]:
    """Return a sentence for each id that was measured otherwise than committed."""
    found = []
    for name in sorted(measured.keys() | (snapshot.keys() - _unmeasurable())):
        before, now = snapshot.get(name), measured.get(name)
        if before is None:
            found.append(f"{name}: {now:,}, not in gas.json")
        elif now is None:
            found.append(f"{name}: {before:,} in gas.json, no longer measured")
        elif before != now:
            found.append(f"{name}: {before:,} in gas.json, now {now:,} ({now - before:+,})")
    return found


def excesses(gas: Gas) -> list[str]:
    """Return a sentence for each id that is above its limit."""
    limits = ((name, figure.limit) for name, figure in FIGURES.items() if figure.limit is not None)
    return [f"{name}: {gas[name]:,}, limit {limit:,}" for name, limit in limits if gas.get(name, 0) > limit]


def committed() -> Gas:
    """Return the snapshot."""
    gas: Gas = json.loads(SNAPSHOT.read_text())
    return gas


def _unmeasurable() -> set[str]:
    return set() if imdb().is_file() else {"imdb_1000.contribute_mean"}


INTRODUCTION = """\
# What it costs

Gas on anvil under Osaka's rules, the transaction's base fee included, in the steady state: an account's second call of
its kind. `make gas` measures it again and fails where a figure differs from `gas.json` or is above its limit;
`make gas-update` rewrites that file and this page.

- *Reference*: the public implementation of the talk (0xDeCA10B), solc 0.6.12 with 200 optimizer runs.
- *Prototypes*: two sketches of a packed design, with int16 / int8 lanes.
- A model of 100 weights gets samples of 15 words spread evenly over the vocabulary, one of 1,000 weights samples of 20
  words. Contributions are the mean of ten, 600 s apart, and no weight is zero at the start.
- The other models have learnt 400 samples before, so that no slot is empty. Dense samples are random unit vectors of
  signed bytes, sparse ones 20 words drawn uniformly; their contributions are the mean of ten as well.
- In a market five participants, two of them hostile, contribute one sample each in turn, to a bounty of 100,000 stakes;
  the test set has a portion more than is examined, a quarter of it, which is opened. *Everything after the last one* is
  revealing the test set, the evaluation, a payment to each participant and the remainder.
- *Drawn uniformly*: each word is as likely as any other. *No two in one slot*: every 50th word, the very worst case.
  Words of real texts share slots, since they are ordered by frequency.

"""

HEADINGS = ("id", "scenario", "reference", "prototypes", "limit", "ours")


def _rows(gas: Gas) -> Iterator[tuple[str, ...]]:
    for name, figure in FIGURES.items():
        limit = "-" if figure.limit is None else f"{figure.limit:,}"
        ours = f"{gas[name]:,}" if name in gas else "not measured"
        yield name, figure.scenario, figure.reference, figure.prototypes, limit, ours


def _table(gas: Gas) -> Table:
    table = Table(title="Gas (Osaka rules, steady state, base fee included)")
    for number, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if number < 2 else "right", overflow="fold")
    over = {line.split(":")[0] for line in excesses(gas)}
    for row in _rows(gas):
        table.add_row(*row, style="red" if row[0] in over else None)
    return table


def _page(gas: Gas) -> str:
    head = f"| {' | '.join(HEADINGS)} |\n|---|---|--:|--:|--:|--:|\n"
    return INTRODUCTION + head + "".join(f"| `{row[0]}` | {' | '.join(row[1:])} |\n" for row in _rows(gas))


def main(
    update: Annotated[bool, typer.Option("--update", help="Rewrite gas.json and docs/gas.md.")] = False,
) -> None:
    """Measure gas; fail where a figure differs from gas.json or is above its limit."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    if _unmeasurable():
        console.print(f"imdb_1000 is skipped: DCAI_DATA_DIR names no folder with {IMDB}.")
    gas = measure(track(PARTS, description="Measuring", console=console))
    console.print(_table(gas))
    if update:
        kept = {name: value for name, value in committed().items() if name in _unmeasurable()}
        gas = dict(sorted((kept | gas).items()))
        SNAPSHOT.write_text(json.dumps(gas, indent=1) + "\n")
        PAGE.write_text(_page(gas))
    problems = [f"Drifted: {line}" for line in drifts(gas, committed())]
    problems += [f"Above its limit: {line}" for line in excesses(gas)]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    typer.run(main)
