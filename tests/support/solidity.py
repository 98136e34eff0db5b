"""Contracts of tests, compiled as ours are: the one place where tests need the compiler of scripts/compile.py."""

from __future__ import annotations

from functools import cache

import pytest
import solcx

from dcai.chain.codec import Codec
from scripts.compile import EVM_VERSION, ROOT, CompileError, find_solc

OUTPUT = ["abi", "evm.bytecode.object"]


@cache
def compiled(source, *imported):
    """Return codec and bytecode of a contract; without a compiler, skip the test.

    Parameters
    ----------
    source
        Path of its file in the checkout; the file has the contract's name.
    imported
        Paths of the files of contracts/ that it imports.
    """
    request = {
        "language": "Solidity",
        "sources": {path: {"content": (ROOT / path).read_text(encoding="utf-8")} for path in (source, *imported)},
        "settings": {"evmVersion": EVM_VERSION, "outputSelection": {"*": {"*": OUTPUT}}},
    }
    artifact = _contracts(request, source)[(ROOT / source).stem]
    return Codec(artifact["abi"]), bytes.fromhex(artifact["bytecode"].removeprefix("0x"))


def _contracts(request, source):
    try:
        solc = find_solc()
    except CompileError as error:
        pytest.skip(str(error))
    found = solcx.compile_standard(request, solc_binary=solc)["contracts"][source]
    return {
        name: {"abi": one["abi"], "bytecode": "0x" + one["evm"]["bytecode"]["object"]} for name, one in found.items()
    }
