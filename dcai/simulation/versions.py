"""What a result depends on beside its scenario: versions of the software, and where a fork began."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version

import dcai
from dcai.chain.chain import Chain
from dcai.trainer.products import address_of

RULES = 1
"""The version of the simulator's own rules: raised where a change of them gives a scenario another digest."""


@dataclass(frozen=True)
class Fork:
    """The state of a real chain that a run began with.

    Attributes
    ----------
    chain_id, block : int
    block_hash : str
    time : int
        Of the block, seconds since 1970.
    trainer, creator : str
        Addresses.
    name : str
        The trainer's, as its creator gave it.
    open_batches : int
        How many batches of real contributors have something open, which agents leave alone.
    """

    chain_id: int
    block: int
    block_hash: str
    time: int
    trainer: str
    creator: str
    name: str
    open_batches: int


def versions(chain: Chain, contract: str) -> dict[str, str | int]:
    """Return the versions that a run on a local chain depends on.

    dcai, python, numpy (random numbers), scikit_learn (encoders and built-in data), node, hardfork (the EVM's rules),
    rules (`RULES`), contract and implementation: the name of the trainer's contract, and the address of its code, which
    is a hash of it.
    """
    if chain.backend == "anvil":
        node = chain.request("web3_clientVersion", [])
        hardfork = chain.request("anvil_nodeInfo", [])["hardFork"].lower()
    else:
        node, hardfork = f"py-evm/{version('py-evm')}", "prague"
    return {
        "dcai": dcai.__version__,
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "scikit_learn": version("scikit-learn"),
        "node": node,
        "hardfork": hardfork,
        "rules": RULES,
        "contract": contract,
        "implementation": address_of(contract),
    }
