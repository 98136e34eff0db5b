"""One chain with people per backend."""

import pytest

import dcai
from tests.stateful.world import World


@pytest.fixture
def anvil_world(anvil):
    yield from world_on("anvil")


@pytest.fixture
def py_evm_world():
    yield from world_on("py-evm")


@pytest.fixture
def anvil_market_world(anvil):
    yield from world_on("anvil", "PM")


@pytest.fixture
def py_evm_market_world():
    yield from world_on("py-evm", "PM")


def world_on(backend, suffix="DRT"):
    with dcai.local_chain(backend) as chain:
        yield World(chain, suffix)
