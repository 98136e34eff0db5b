"""Random actions for long, over all incentives: `make soak SOAK_STEPS=1000000`.

Each part is played in a process of its own with a node of its own, so that memory stays flat however long it takes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

import dcai
from dcai import artifacts
from tests.stateful.incentives import INCENTIVES
from tests.stateful.running import Tally, run_at_random

ENOUGH = 30_000
"""Steps at an incentive after which everything was met."""

_STEPS_A_PART = 5_000


@dataclass(frozen=True)
class Part:
    """Steps at one incentive, by a seed of their own."""

    incentive: str
    steps: int
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What was done of a part, and the text of a failure."""

    part: Part
    tally: Tally
    failure: str = ""


def parts(steps: int, seed: int) -> Iterator[Part]:
    """Share steps out among all incentives, in turns."""
    left = {name: (steps + at) // len(INCENTIVES) for at, name in enumerate(INCENTIVES)}
    while any(left.values()):
        for name in INCENTIVES:
            now = min(left[name], _STEPS_A_PART)
            left[name] -= now
            if now:
                yield Part(name, now, seed)
                seed += 1_000_000


def play(part: Part, blob: str | None = None) -> Outcome:
    """Play one part, or the failure in it that has this blob."""
    try:
        with dcai.local_chain("anvil") as chain:
            return Outcome(part, run_at_random(INCENTIVES[part.incentive].machine(chain), part.steps, part.seed, blob))
    except Exception:  # whatever it is, the others go on, and it is shown
        return Outcome(part, Tally(), traceback.format_exc())


def contracts() -> str:
    """Return the hash of the sources and settings that the contracts were compiled from."""
    return sha256((Path(artifacts.__file__).parent / "standard_input.json").read_bytes()).hexdigest()


def summary(outcomes: Sequence[Outcome], steps: int, seed: int, seconds: float) -> dict[str, Any]:
    """Return what was done, for JSON."""
    told = {}
    for name, played in INCENTIVES.items():
        tally = Tally()
        for outcome in outcomes:
            if outcome.part.incentive == name:
                tally.add(outcome.tally)
        succeeded = Counter({what: count for (what, error), count in tally.outcomes.items() if error is None})
        refused: Counter[str] = Counter()
        for (_, error), count in tally.outcomes.items():
            refused.update({error: count} if error is not None else {})
        told[name] = {
            "steps": tally.steps,
            "runs": tally.runs,
            "succeeded": dict(succeeded.most_common()),
            "refused": dict(refused.most_common()),
            "events": dict(tally.events.most_common()),
            "not met": played.missing(tally),
        }
    return {
        "asked": steps,
        "seed": seed,
        "contracts": contracts(),
        "seconds": round(seconds),
        "failures": sum(bool(outcome.failure) for outcome in outcomes),
        "incentives": told,
    }


def table(summary: dict[str, Any]) -> str:
    """Return the summary as a table in Markdown."""
    lines = ["| incentive | steps | runs | succeeded | refused | reasons |", "|:--|--:|--:|--:|--:|--:|"]
    for name, told in summary["incentives"].items():
        succeeded, refused = (sum(told[what].values()) for what in ("succeeded", "refused"))
        figures = (told["steps"], told["runs"], succeeded, refused, len(told["refused"]))
        lines.append(f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} |")
    return "\n".join(lines)


def _report(told: dict[str, Any], out: Path) -> None:
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(f"\n{table(told)}\n\nseed {told['seed']}, contracts {told['contracts'][:16]}, {told['failures']} failures")
    for name, one in told["incentives"].items():
        for kind in ("succeeded", "refused", "events"):
            print(f"\n{name}, {kind}: " + ", ".join(f"{what} {count:,}" for what, count in one[kind].items()))
        if one["not met"]:
            print(f"{name}, not met: {', '.join(one['not met'])}")
    print(f"\nThe same as JSON: {out}")


def _in_a_process(part: Part) -> Outcome:
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_apart) as process:
        try:
            return process.submit(play, part).result()
        except BrokenExecutor as error:
            return Outcome(part, Tally(), f"Its process ended: {error}")


def _apart() -> None:
    """Leave Ctrl-C to the process that hands out the parts: those that were begun are finished and counted."""
    os.setsid()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def soak(steps: int, workers: int, seed: int, out: Path) -> bool:
    """Play all parts, show progress, write the summary; return whether all is well."""
    begun, done, outcomes = monotonic(), 0, list[Outcome]()
    pool = ThreadPoolExecutor(workers)
    signal.signal(signal.SIGTERM, _stop)
    waiting = [pool.submit(_in_a_process, part) for part in parts(steps, seed)]

    def take(future: Future[Outcome]) -> None:
        nonlocal done
        outcome = future.result()
        outcomes.append(outcome)
        done += outcome.tally.steps
        rate = done / (monotonic() - begun)
        print(f"{done:,} of {steps:,} steps, {rate:,.0f} a second; {outcome.part.incentive}", flush=True)
        if outcome.failure:
            again = f"{sys.executable} -m tests.stateful.soak --incentive {outcome.part.incentive} --reproduce BLOB"
            print(f"\nA failure, in {outcome.part}:\n{outcome.failure}\nAgain, with its blob: {again}", flush=True)

    try:
        for future in as_completed(waiting):
            take(future)
            waiting.remove(future)
    except KeyboardInterrupt:
        print("\nStopping: what was begun is finished first.", flush=True)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for future in [future for future in waiting if not future.cancel()]:
            take(future)
    pool.shutdown()
    told = summary(outcomes, steps, seed, monotonic() - begun)
    _report(told, out)
    met = all(not one["not met"] for one in told["incentives"].values() if one["steps"] >= ENOUGH)
    return met and not told["failures"]


def main(
    steps: Annotated[int, typer.Option(min=1)] = 100_000,
    workers: Annotated[int, typer.Option(min=1)] = 2,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    out: Path = Path(".make/soak.json"),
    incentive: str = "",
    reproduce: str = "",
) -> None:
    """Play random actions at every incentive; or the failure of one incentive that has a blob."""
    if reproduce:
        outcome = play(Part(incentive, 1, seed), reproduce)
        print(outcome.failure or "It doesn't fail any more.")
        sys.exit(bool(outcome.failure))
    sys.exit(not soak(steps, workers, seed, out))


if __name__ == "__main__":
    typer.run(main)
