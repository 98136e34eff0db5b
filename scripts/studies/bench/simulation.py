"""Measure simulations: `python -m scripts.studies.bench.simulation [--json] [--update]`.

Times differ from one machine and minute to the next: what is judged is a ratio of loops that take turns, or so far from
its bound that it doesn't matter.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
import rich
import typer
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from scipy import sparse

import dcai
from dcai import datasets
from dcai.chain.nodes.ipc import Connection
from dcai.simulation import load_scenario, scenario_of, simulate
from dcai.simulation.data import Encoded
from dcai.simulation.result import Result as Played
from dcai.simulation.run import START, play
from dcai.simulation.sweep.runs import cases, sweep
from scripts.studies import ROOT
from scripts.studies.bench.measure import Result, bound_text, table

PAGE = ROOT / "docs" / "bench-simulation.md"
SCENARIOS = ROOT / "simulations"

FEATURES, WORDS, HIDDEN = 1_000, 92, 1_000  # as film reviews
ROUNDS, CONTRIBUTIONS = 5, 3_000
SHORT, LONG, WINDOW = 1_000, 50_000, 500
RUNS = 40
# what the reference's simulator takes for the same scenario on a machine like the one that wrote the page
REFERENCE_SECONDS = 650


def _reviews(count: int, rng: np.random.Generator) -> sparse.csr_matrix:
    chosen = [np.sort(rng.choice(FEATURES, size=WORDS, replace=False)) for _ in range(count)]
    starts = np.arange(0, WORDS * count + 1, WORDS)
    return sparse.csr_matrix((np.ones(WORDS * count, dtype=np.int8), np.concatenate(chosen), starts))


def _data(count: int) -> Encoded:
    """Return made-up reviews, of which a linear rule knows the label."""
    rng = np.random.default_rng(0)
    rule = rng.normal(size=FEATURES)
    rows, hidden = (sparse.csr_matrix(_reviews(size, rng), shape=(size, FEATURES)) for size in (count, HIDDEN))

    def labels(some: sparse.csr_matrix) -> NDArray[np.int64]:
        return np.array(some @ rule > 0, dtype=np.int64)

    return Encoded(rows, labels(rows), hidden, labels(hidden))


def _play(chain: dcai.Chain, trainer: dcai.Trainer[Any, Any], data: Encoded, progress: Any = None) -> Played:
    incentive = {"kind": "DepositRefundTake", "weight": 2e14, "size_unit": 250}
    honest = {"kind": "Honest", "name": "good", "balance": 10**6, "deposit": 50, "deposit_sd": 10, "eagerness": 0.5}
    flipper = {"kind": "LabelFlipper", "name": "bad", "balance": 10_000, "deposit": 100, "every": "1 hour"}
    table_ = {"title": "Bench", "data": {"name": "iris"}, "incentive": incentive, "agents": [honest, flipper]}
    scenario = scenario_of(table_, "bench")
    model, history = trainer.model(), trainer.history()
    return play(chain, trainer, model, history, scenario, data, 0, seed=0, data_name="made up", progress=progress)


def _deployed(chain: dcai.Chain) -> dcai.Trainer[Any, Any]:
    chain.travel(START - chain.now())
    model = dcai.SparsePerceptron(classes=("bad", "good")).fit(np.zeros((0, FEATURES)), [])
    return dcai.deploy(chain, model, dcai.DepositRefundTake(weight_wei=2 * 10**14, size_unit=250))


def overhead() -> Result:
    """Compare a run with a bare loop that sends the very requests of it again to the same anvil."""
    data = _data(CONTRIBUTIONS)
    sent: list[Any] = []
    exchange = Connection.exchange

    def recording(connection: Connection, message: Any, meanwhile: Any = None) -> Any:
        sent.append(message)
        return exchange(connection, message, meanwhile)

    ratios, rates = [], []
    with dcai.local_chain("anvil") as chain:
        trainer = _deployed(chain)
        for _ in track(range(ROUNDS), description="Overhead"):
            snapshot = chain.snapshot()
            sent.clear()
            with patch.object(Connection, "exchange", recording):
                played = _play(chain, trainer, data)
            chain.revert(snapshot)
            snapshot = chain.snapshot()
            connection = Connection(str(chain.socket))
            started = time.perf_counter()
            for message in sent:
                connection.exchange(message)
            bare = time.perf_counter() - started
            connection.close()
            chain.revert(snapshot)
            ratios.append(bare / played.seconds)
            rates.append((len(played.actions) / played.seconds, len(played.actions) / bare))
    ours, raw = np.median(rates, axis=0)
    ratio = median(ratios)
    return Result("of_bare_json_rpc", ratio, 0.6, f"{ratio:.0%} ({ours:,.0f} of {raw:,.0f} transactions a second)")


def length() -> list[Result]:
    """Measure time and memory of a contribution at the beginning and at the end of a long run."""
    marks: list[tuple[int, float, int]] = []

    def note(done: int, total: int) -> None:
        if done >= (marks[-1][0] if marks else 0) + WINDOW:
            resident = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
            marks.append((done, time.perf_counter(), resident))

    with dcai.local_chain("anvil") as chain:
        _play(chain, _deployed(chain), _data(LONG), note)
    each = [(done, (end - begin) / (done - before)) for (before, begin, _), (done, end, _) in pairwise(marks)]
    first = median(seconds for done, seconds in each if done <= SHORT + 10 * WINDOW)
    last = median(seconds for done, seconds in each if done > LONG - 10 * WINDOW)
    grown = (marks[-1][2] - marks[0][2]) / (marks[-1][0] - marks[0][0])
    speed = first / last
    return [
        Result("flat", speed, 0.85, f"{last * 1e3:.2f} ms at {LONG:,}, {first * 1e3:.2f} ms from {SHORT:,} on"),
        Result("kilobytes_left", 1 - grown / 1024, 0.0, f"{grown:,.0f} bytes a contribution, of 1,024"),
    ]


def film_reviews() -> list[Result]:
    """Run the talk's experiment through to the end; nothing where the reviews aren't on this machine."""
    if datasets.find("imdb") is None:
        return []
    played = simulate(load_scenario(SCENARIOS / "imdb.toml"))
    times = REFERENCE_SECONDS / played.seconds
    done = f"{played.contributed:,} contributions, {len(played.actions):,} transactions, {len(played.course)} points"
    if played.open or played.problems or played.stopped:
        sys.exit(f"The run isn't complete: {played.open} open, {played.problems}, {played.stopped}")
    return [Result("imdb", times, 15.0, f"{played.seconds:.1f} s, {times:.0f} times the reference ({done})")]


def processes() -> Result:
    """Compare a sweep on two processes with the same on one."""
    one, two = _spent("data.name=digits", "data.samples=1000")
    shorter_one, shorter_two = _spent()
    text = f"{one / two:.2f} times ({RUNS} runs: {one:.1f} and {two:.1f} s)"
    text += f", {shorter_one / shorter_two:.2f} times with runs of a third"
    return Result("two_processes", one / two, 1.7, text)


def _spent(*settings: str) -> list[float]:
    """Return how many seconds a sweep takes on one and on two processes."""
    todo = cases(SCENARIOS / "attacks" / "base.toml", (), RUNS, settings)
    spent = []
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            sweep(todo, Path(folder), jobs=jobs)
            spent.append(time.perf_counter() - started)
            get_reusable_executor().shutdown()  # the next one starts its processes, too
    return spent


INTRODUCTION = """\
# Simulations

Made by `python -m scripts.studies.bench.simulation --update`; `make bench` measures it again.

- `of_bare_json_rpc`: a run to a bare loop that sends the very same requests, prepared beforehand, to the same anvil.
- `flat`: the time of a contribution at the beginning of a long run to that at its end, medians of windows of 500.
- `kilobytes_left`: by how much the memory of our process grows with a contribution; what is left of a kilobyte.
- `imdb`: the talk's experiment, every contribution refunded or taken, accuracy on all 25,000 hidden reviews; to the
  650 s of the reference's simulator.
- `two_processes`: a sweep of 40 runs of 920 contributions on one process and on two, which start within that time; the
  start is most of what is lost, as runs of a third of that show.

"""


def _page(results: Sequence[Result]) -> str:
    head = "| what | measured | bound |\n|---|--:|--:|\n"
    return INTRODUCTION + head + "".join(f"| `{r.name}` | {r.text} | {bound_text(r)} |\n" for r in results)


def main(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Rewrite docs/bench-simulation.md.")] = False,
) -> None:
    """Measure simulations; fail where a bound is missed."""
    rich.reconfigure(stderr=True)  # progress bars
    results = [overhead(), *length(), *film_reviews(), processes()]
    if as_json:
        print(json.dumps([asdict(result) for result in results], indent=1))
    else:
        Console(width=None if sys.stdout.isatty() else 160).print(table(results))
    if update:
        PAGE.write_text(_page(results))
    if missed := [result.name for result in results if result.missed]:
        sys.exit(f"Bound missed: {', '.join(missed)}")


if __name__ == "__main__":
    typer.run(main)
