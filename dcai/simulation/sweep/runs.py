"""Many runs of a scenario: settings times seeds, each kept in a file as soon as it is over."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import Any

from dcai import files
from dcai.datasets import DataUnavailable
from dcai.errors import InvalidInput
from dcai.simulation.data import fingerprint_of
from dcai.simulation.result import Result
from dcai.simulation.run import check_local, simulate
from dcai.simulation.scenario.scenario import Scenario, load_scenario
from dcai.simulation.sweep import backends
from dcai.simulation.sweep.code import code_of


@dataclass(frozen=True)
class Case:
    """A run to be made: what was set, the scenario that this gives, and the seed."""

    settings: tuple[str, ...]
    scenario: Scenario
    seed: int

    @cached_property
    def key(self) -> str:
        """Names the run: that of another scenario, setting or seed, of other code or data is another one."""
        data = ""
        with suppress(DataUnavailable):  # it may be on the cluster only
            data = fingerprint_of(self.scenario.data.name)
        told = json.dumps([self.scenario.described(), self.seed, code_of(self.scenario), data], sort_keys=True)
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
        Columns of `Result.course`: time, contributions, accuracy, balances in units of money ("balance.NAME"), and what
        else agents earned, such as points ("points.NAME").
    failure : str or None
        The traceback of a run that failed.
    """

    settings: tuple[str, ...]
    seed: int
    summary: dict[str, Any] | None
    course: dict[str, list[float | None]] | None
    failure: str | None

    @property
    def name(self) -> str:
        """What was set, and the seed."""
        return ", ".join((*self.settings, f"seed {self.seed}"))


def cases(file: str | os.PathLike[str], grid: Sequence[str], seeds: int, fixed: Sequence[str] = ()) -> list[Case]:
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
        check_local(scenario)
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
    backends.check(cluster)
    folder.mkdir(parents=True, exist_ok=True)
    there = {case.key: run for case in todo if (run := _read(folder / f"{case.key}.json")) and run.failure is None}
    missing = list({case.key: case for case in todo if case.key not in there}.values())
    if progress:
        progress(sum(case.key in there for case in todo), len(todo))
    for case, run in _made(missing, jobs, cluster) if missing else ():
        _write(run, folder / f"{case.key}.json")
        there[case.key] = run
        if progress:
            progress(sum(case.key in there for case in todo), len(todo))
    # settings that come to the same share a run
    return [replace(there[case.key], settings=case.settings) for case in todo]


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


def _course(result: Result) -> dict[str, list[float | None]]:
    exact = (f"balance_wei.{one.name}" for one in result.outcomes)
    left_out = {*exact, *(f"recall.{name}" for name in result.classes)}
    # JSON knows no nan
    return {
        name: [None if isnan(value) else value for value in result.course[name].tolist()]
        for name in result.course
        if name not in left_out
    }


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
        return Run(**{**stored, "settings": tuple(stored["settings"])})
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # half written when the sweep was killed, or not ours
        return None


def _write(run: Run, file: Path) -> None:
    files.write(file, json.dumps(run.__dict__))
