"""A chain with people on it, for each backend."""

import shutil

import pytest

import dcai
from dcai.chain.local import find_anvil
from tests.stateful.world import World


@pytest.fixture
def anvil_world():
    if find_anvil() is None:
        pytest.skip("anvil isn't found; `make node` installs it")
    yield from world_on("anvil")


@pytest.fixture
def py_evm_world():
    if shutil.which("node") is None:
        pytest.skip("the people that are contracts are compiled, which needs Node")
    yield from world_on("py-evm")


def world_on(backend):
    with dcai.local_chain(backend) as chain:
        yield World(chain)
