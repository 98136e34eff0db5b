"""Simulations: speed, memory, the talk's experiment, and a sweep on two processes.

Times differ from one machine and minute to the next. What is judged is a ratio of loops that take turns, or so far from
its bound that it doesn't matter.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray
from rich.progress import track
from scipy import sparse

import dcai
from dcai import datasets
from dcai.chain.nodes.ipc import Connection
from dcai.simulation import load_scenario, scenario_of, simulate
from dcai.simulation.data import Encoded
from dcai.simulation.result import Result
from dcai.simulation.run import START, play
from dcai.simulation.sweep.runs import cases, sweep
from scripts.studies.pages import ROOT, STUDIES, Figures, Page

BOUNDS = {"of_bare_json_rpc": 0.6, "flat": 0.85, "kilobytes_left": 0, "imdb": 15, "two_processes": 1.7}
"""What each value must reach."""

SCENARIOS = ROOT / "simulations"

FEATURES, WORDS, HIDDEN = 1_000, 92, 1_000  # as film reviews
ROUNDS, CONTRIBUTIONS = 5, 3_000
SHORT, LONG, WINDOW = 1_000, 50_000, 500
RUNS = 40
# the reference's simulator, for the same scenario on a machine like the one that wrote the page
REFERENCE_SECONDS = 650

PAGE = Page(
    "bench-simulation",
    "bench/simulation.md.j2",
    STUDIES / "bench" / "simulation.json",
    {"bounds": BOUNDS, "window": WINDOW, "short": SHORT, "long": LONG, "reference": REFERENCE_SECONDS, "runs": RUNS},
)


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

    return Encoded(rows, labels(rows), hidden, labels(hidden), np.arange(count), {}, "")


def _play(chain: dcai.Chain, trainer: dcai.Trainer, data: Encoded, progress: Any = None) -> Result:
    incentive = {"kind": "DepositRefundTake", "weight": 2e14, "size_unit": 250}
    honest = {"kind": "Honest", "name": "good", "balance": 10**6, "deposit": 50, "deposit_sd": 10, "eagerness": 0.5}
    flipper = {"kind": "LabelFlipper", "name": "bad", "balance": 10_000, "deposit": 100, "every": "1 hour"}
    table_ = {"title": "Bench", "data": {"name": "iris"}, "incentive": incentive, "agents": [honest, flipper]}
    scenario = scenario_of(table_, "bench")
    model, history = trainer.model(), trainer.history()
    return play(chain, trainer, model, history, scenario, data, 0, data_name="made up", progress=progress)


def _deployed(chain: dcai.Chain) -> dcai.Trainer:
    chain.travel(START - chain.now())
    model = dcai.SparsePerceptron(classes=("bad", "good")).fit(np.zeros((0, FEATURES)), [])
    return dcai.deploy(chain, model, dcai.DepositRefundTake(weight_wei=2 * 10**14, size_unit=250))


def overhead() -> Figures:
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
    ours, raw = np.median(rates, axis=0).tolist()
    return {"of_bare_json_rpc": {"value": median(ratios), "ours": ours, "other": raw}}


def length() -> Figures:
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
    return {
        "flat": {"value": first / last, "first": first, "last": last},
        "kilobytes_left": {"value": 1 - grown / 1024, "grown": grown},
    }


def film_reviews() -> Figures:
    """Run the talk's experiment through to the end; nothing where the reviews aren't on this machine."""
    if datasets.find("imdb") is None:
        return {}
    played = simulate(load_scenario(SCENARIOS / "imdb.toml"))
    if played.open or played.problems or played.stopped:
        sys.exit(f"The run isn't complete: {played.open} open, {played.problems}, {played.stopped}")
    done = {"contributions": played.contributed, "transactions": len(played.actions), "points": len(played.course)}
    return {"imdb": {"value": REFERENCE_SECONDS / played.seconds, "seconds": played.seconds, **done}}


def processes() -> Figures:
    """Compare a sweep on two processes with the same on one."""
    one, two = _spent("data.name=digits", "data.samples=1000")
    shorter_one, shorter_two = _spent()
    return {"two_processes": {"value": one / two, "one": one, "two": two, "of_a_third": shorter_one / shorter_two}}


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


def measure() -> Figures:
    """Measure simulations."""
    return overhead() | length() | film_reviews() | processes()
