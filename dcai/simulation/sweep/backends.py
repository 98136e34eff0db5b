"""Where many calls of a function are made: in this process, in several, or on an existing cluster.

Each yields (item, answer) as soon as it is there. In place of the answer of a worker that is gone stands an exception.
"""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from functools import cache, partial
from importlib import import_module
from multiprocessing import current_process
from threading import Thread
from time import sleep
from typing import Any, TypeVar
from urllib.parse import urlsplit

from joblib import Parallel, delayed

from dcai.accounts.environment import secrets_withheld
from dcai.errors import DcaiError, InvalidInput

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_CONNECT_SECONDS = 10
_PARENT_SECONDS = 0.5


def here(
    function: Callable[[Item], Answer], items: Sequence[Item], jobs: int
) -> Iterator[tuple[Item, Answer | Exception]]:
    """Call a function on each item, in so many processes of this machine.

    Raises
    ------
    DcaiError
        If one of them is killed.
    """
    calls = (delayed(_numbered)(function, number, item, jobs, os.getpid()) for number, item in enumerate(items))
    try:
        with secrets_withheld():
            for number, answer in Parallel(n_jobs=jobs, return_as="generator_unordered")(calls):
                yield items[number], answer
    except BrokenExecutor:
        raise DcaiError(
            f"One of {jobs} processes was killed, perhaps for want of memory; what is done is kept: run the same "
            "command again, or one with fewer --jobs."
        ) from None


def on_dask(
    function: Callable[[Item], Answer], items: Sequence[Item], address: str
) -> Iterator[tuple[Item, Answer | Exception]]:
    """Call a function on each item on a Dask cluster, whose scheduler is at "host:port" or "tcp://host:port".

    Raises
    ------
    InvalidInput
        If there is none.
    """
    distributed = _imported("distributed", "dask")
    with _reached("dask", address, partial(distributed.Client, address, timeout=_CONNECT_SECONDS)) as client:
        asked = {client.submit(function, item, pure=False): item for item in items}
        for future in distributed.as_completed(asked):
            yield asked[future], _answer(future.result)


def on_ray(
    function: Callable[[Item], Answer], items: Sequence[Item], address: str
) -> Iterator[tuple[Item, Answer | Exception]]:
    """Call a function on each item on a Ray cluster, at "host:port", "ray://host:port", or "auto": this machine's.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    ray = _imported("ray", "ray")
    with _reached("ray", address, partial(ray.init, address, log_to_driver=False, logging_level=logging.ERROR)):
        remote = ray.remote(function)
        asked = {remote.remote(item): item for item in items}
        waiting = list(asked)
        while waiting:
            (done,), waiting = ray.wait(waiting)
            yield asked[done], _answer(partial(ray.get, done))


CLUSTERS = {"dask": on_dask, "ray": on_ray}


def check(cluster: tuple[str, str] | None) -> None:
    """Refuse a cluster of a kind that isn't known.

    Raises
    ------
    InvalidInput
    """
    if cluster is not None and cluster[0] not in CLUSTERS:
        raise InvalidInput(f"There is no backend {cluster[0]!r}; choose {' or '.join(CLUSTERS)}.")


def _numbered(
    function: Callable[[Item], Answer], number: int, item: Item, jobs: int, parent: int
) -> tuple[int, Answer]:
    if os.getpid() != parent:
        _end_with(parent)
        _keep_to_one_core(jobs)
    return number, function(item)


@cache
def _end_with(parent: int) -> None:
    """Let this process end soon after its parent, however that ends: nobody would stop it any more."""

    def watch() -> None:
        while os.getppid() == parent:
            sleep(_PARENT_SECONDS)
        os._exit(1)  # its node ends with it

    Thread(target=watch, daemon=True).start()


def _keep_to_one_core(jobs: int) -> None:
    """Give each process a core of its own, where there is none to spare.

    A run and its node only wait for each other; on one core, they do so without being in another run's way.
    """
    worker = re.fullmatch(r"LokyProcess-(\d+)", current_process().name)
    if worker is None or not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    if 1 < len(cores) <= jobs:
        os.sched_setaffinity(0, {cores[int(worker[1]) % len(cores)]})


def _answer(result: Callable[[], Answer]) -> Answer | Exception:
    try:
        return result()
    except Exception as error:  # the cluster's own: a worker that is gone, or can't import what it is sent
        return error


def _imported(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise InvalidInput(f"{name} isn't installed: pip install 'dcai[{name}]'.") from None


def _reached(name: str, address: str, connect: Callable[[], Any]) -> Any:
    """Connect to a cluster, if anybody listens there: Ray itself would try for minutes."""
    try:
        if address != "auto":
            place = urlsplit(address if "//" in address else f"//{address}")
            if place.hostname is None or place.port is None:
                raise ValueError("write it as host:port")
            socket.create_connection((place.hostname, place.port), timeout=_CONNECT_SECONDS).close()
        return connect()
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        first = told.strip().splitlines()[0].rstrip(".")
        raise InvalidInput(f"There is no {name} cluster at {address}: {first}.") from None
