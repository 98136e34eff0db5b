"""A chain with people on it, for each backend."""

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


def world_on(backend):
    with dcai.local_chain(backend) as chain:
        try:
            world = World(chain)
        except CompileError as error:
            pytest.skip(str(error))
        yield world
