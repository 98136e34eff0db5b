"""One chain with people per backend."""

import pytest

import dcai
from scripts.compile import CompileError
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
        try:
            world = World(chain, suffix)
        except CompileError as error:
            pytest.skip(str(error))
        yield world
