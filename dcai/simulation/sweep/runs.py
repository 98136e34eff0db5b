"""Many runs of a scenario: settings times seeds, each kept in a file as soon as it is over."""

from __future__ import annotations

import hashlib
import itertools
import json
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcai import files
from dcai.errors import InvalidInput
from dcai.simulation.result import Result
from dcai.simulation.run import simulate
from dcai.simulation.scenario.scenario import Scenario, load_scenario
from dcai.simulation.sweep import backends


@dataclass(frozen=True)
class Case:
    """A run to be made: what was set, the scenario that this gives, and the seed."""

    settings: tuple[str, ...]
    scenario: Scenario
    seed: int

    @property
    def key(self) -> str:
        """Names the run: that of another scenario, setting or seed is another one."""
        told = json.dumps([self.scenario.described(), self.seed], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:20]

    def __str__(self) -> str:
        return ", ".join((*self.settings, f"seed {self.seed}"))


@dataclass(frozen=True)
class Run:
    """What is kept of a run.

    Attributes
    ----------
    settings : tuple of str
    seed : int
    summary : dict or None
        See `Result.summary`; None of a run that failed.
    course : dict of str to list, or None
        Columns of `Result.course`, balances in units of money.
    failure : str or None
        The traceback of a run that failed.
    """

    settings: tuple[str, ...]
    seed: int
    summary: dict[str, Any] | None
    course: dict[str, list[float]] | None
    failure: str | None

    @property
    def name(self) -> str:
        """What was set, and the seed."""
        return ", ".join((*self.settings, f"seed {self.seed}"))


def cases(file: Path, grid: Sequence[str], seeds: int, fixed: Sequence[str] = ()) -> list[Case]:
    """Return the runs of a sweep: every combination of the values, each with every seed.

    Parameters
    ----------
    file
        A scenario.
    grid
        "incentive.weight=1e12,1e13": a key and its values.
    seeds
        How many seeds, starting with the scenario's.
    fixed
        Settings that are the same everywhere.

    Raises
    ------
    InvalidInput, DataUnavailable
        As `load_scenario`.
    """
    combinations = itertools.product(*map(_values, grid))
    made = []
    for settings in combinations:
        scenario = load_scenario(file, (*fixed, *settings))
        made += [Case(settings, scenario, scenario.seed + at) for at in range(seeds)]
    return made


def sweep(
    todo: Sequence[Case],
    folder: Path,
    *,
    jobs: int = 1,
    cluster: tuple[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Run]:
    """Make the missing runs, and return all.

    Every run is a file in `folder` as soon as it is over, so that a killed sweep continues where it was. Failed runs
    are kept with their traceback, and made again the next time.

    Parameters
    ----------
    todo
        As `cases` gives them.
    folder
        Made if it is missing.
    jobs
        How many processes.
    cluster
        "dask" or "ray", and the address of the scheduler: run there, on whatever there is.
    progress
        Called with (runs that are over, runs in all).

    Raises
    ------
    InvalidInput
        If the backend is unknown or not installed, or the cluster can't be reached.
    """
    if cluster is not None and cluster[0] not in backends.CLUSTERS:
        raise InvalidInput(f"There is no backend {cluster[0]!r}; choose {' or '.join(backends.CLUSTERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    there = {case.key: run for case in todo if (run := _read(folder / f"{case.key}.json")) and run.failure is None}
    missing = [case for case in todo if case.key not in there]
    done = len(there)
    if progress:
        progress(done, len(todo))
    for case, run in _made(missing, jobs, cluster) if missing else ():
        _write(run, folder / f"{case.key}.json")
        there[case.key] = run
        done += 1
        if progress:
            progress(done, len(todo))
    return [there[case.key] for case in todo]


def make(case: Case) -> Run:
    """Make one run; a failed run is a result, too."""
    try:
        result = simulate(case.scenario, seed=case.seed)
        if result.error is not None:
            raise result.error
    except Exception as error:  # whatever it is: the others go on, and this one is named in the end
        return _failed(case, error)
    return Run(case.settings, case.seed, result.summary(), _course(result), None)


def _failed(case: Case, error: Exception) -> Run:
    return Run(case.settings, case.seed, None, None, "".join(traceback.format_exception(error)))


def _course(result: Result) -> dict[str, list[float]]:
    course = {name: result.course[name].tolist() for name in ("time", "contributions", "accuracy")}
    unit = result.scenario["unit"]
    for one in result.outcomes:
        course[one.name] = [balance / unit for balance in result.course[f"balance_wei.{one.name}"]]
    return course


def _made(missing: Sequence[Case], jobs: int, cluster: tuple[str, str] | None) -> Iterator[tuple[Case, Run]]:
    """Yield each case with its run as soon as it is over; one whose worker was lost has failed."""
    if cluster is None:
        answers = backends.here(make, missing, jobs)
    else:
        backend, address = cluster
        answers = backends.CLUSTERS[backend](make, missing, address)
    for case, answer in answers:
        yield case, _failed(case, answer) if isinstance(answer, Exception) else answer


def _values(setting: str) -> list[str]:
    key, equals, values = setting.partition("=")
    if not equals or not key or not values:
        raise InvalidInput(f"{setting!r} is not a setting; write it as incentive.weight=1e12,1e13.")
    return [f"{key}={value.strip()}" for value in values.split(",")]


def _read(file: Path) -> Run | None:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # half written when the sweep was killed
        return None
    return Run(**{**stored, "settings": tuple(stored["settings"])})


def _write(run: Run, file: Path) -> None:
    files.write(file, json.dumps(run.__dict__))
