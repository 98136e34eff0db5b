"""Sweeps on clusters: two Dask workers and two Ray workers on this machine."""

from __future__ import annotations

import os
import socket
import sys

import pytest
from dask import config
from distributed import LocalCluster
from ray.cluster_utils import Cluster

from dcai.errors import DcaiError, InvalidInput
from dcai.simulation import scenario_of, simulate
from dcai.simulation.sweep import backends
from dcai.simulation.sweep.runs import Case, sweep


@pytest.fixture(scope="module")
def dask():
    """Return the address of a scheduler that doesn't retry the calls of a lost worker."""
    once = config.set({"distributed.scheduler.allowed-failures": 0})
    with once, LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def ray():
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    yield cluster.address
    cluster.shutdown()


@pytest.fixture(params=backends.CLUSTERS)
def cluster(request):
    """Return the name of a backend and the address of its cluster."""
    return request.param, request.getfixturevalue(request.param)


@pytest.fixture
def nobody():
    """Return an address without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{probe.getsockname()[1]}"


def scenario(**data):
    return scenario_of(
        {
            "title": "Small",
            "data": {"name": "breast-cancer", "samples": 30, "initial": 10, **data},
            "incentive": {"kind": "DepositRefundTake", "refund_after": "1 hour"},
            "agents": [{"kind": "Honest", "name": "good"}],
        },
        "test",
    )


@pytest.fixture
def half():
    """Return a function that halves numbers, and kills its worker at 1 as if out of memory."""

    def halved(number):  # a function of a test is sent as it is: workers can't import this file
        if number == 1:
            os._exit(1)
        return number / 2

    return halved


@pytest.mark.usefixtures("anvil")
def test_a_cluster_finds_what_this_machine_does_and_keeps_what_failed(cluster, tmp_path):
    todo = [Case((), scenario(), seed) for seed in range(3)] + [Case(("too many",), scenario(samples=10**6), 0)]

    *runs, failed = sweep(todo, tmp_path, cluster=cluster)

    assert [run.failure for run in runs] == [None] * 3
    assert [run.summary["digest"] for run in runs] == [simulate(scenario(), seed=seed).digest for seed in range(3)]
    assert "InvalidInput: breast-cancer has 398 training samples" in failed.failure
    assert len(list(tmp_path.glob("*.json"))) == 4


@pytest.mark.usefixtures("anvil")
def test_a_sweep_that_a_cluster_began_is_continued_here(cluster, tmp_path):
    todo = [Case((), scenario(), seed) for seed in range(3)]

    def kill(done, total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(todo, tmp_path, cluster=cluster, progress=kill)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.json")}
    runs = sweep(todo, tmp_path)

    assert len(kept) == 1
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert [run.failure for run in runs] == [None] * 3


def test_a_call_whose_worker_is_gone_has_failed_and_the_other_goes_on(cluster, half):
    name, address = cluster

    answers = dict(backends.CLUSTERS[name](half, [0, 1], address))

    assert answers[0] == 0
    assert isinstance(answers[1], Exception)


def test_a_process_of_this_machine_that_is_killed_ends_the_calls_with_one_sentence(half):
    with pytest.raises(DcaiError, match="One of 2 processes was killed"):
        dict(backends.here(half, [0, 1, 2], 2))


@pytest.mark.parametrize("name", backends.CLUSTERS)
def test_a_cluster_that_is_not_there_is_reported(name, nobody, tmp_path):
    with pytest.raises(InvalidInput, match=f"There is no {name} cluster at {nobody}: .*[^.]\\.$") as caught:
        sweep([Case((), scenario(), 0)], tmp_path, cluster=(name, nobody))

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", backends.CLUSTERS)
@pytest.mark.parametrize("address", ["nowhere", "nowhere:port", "nowhere.invalid:1"])
def test_what_is_not_an_address_is_reported(name, address, tmp_path):
    with pytest.raises(InvalidInput, match=f"There is no {name} cluster at {address}: "):
        sweep([Case((), scenario(), 0)], tmp_path, cluster=(name, address))


def test_a_backend_that_is_unknown_is_reported(tmp_path):
    with pytest.raises(InvalidInput, match="There is no backend 'slurm'; choose dask or ray"):
        sweep([Case((), scenario(), 0)], tmp_path, cluster=("slurm", "localhost:1"))


def test_a_backend_that_is_not_installed_is_reported(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(InvalidInput, match=r"ray isn't installed: pip install 'dcai\[ray\]'"):
        sweep([Case((), scenario(), 0)], tmp_path, cluster=("ray", "auto"))
