"""The header of a block: the bytes that its hash is of."""

from __future__ import annotations

from typing import Any

from eth_utils.crypto import keccak

from dcai.chain.chain import Chain
from dcai.chain.rpc import field, to_bytes
from dcai.errors import InvalidInput, NodeError
from dcai.untrusted import shortened

# The fields in their order, with the bytes of those of fixed width (0: of any); None: a number without leading zeros.
_FIELDS: dict[str, int | None] = {
    "parentHash": 32,
    "sha3Uncles": 32,
    "miner": 20,
    "stateRoot": 32,
    "transactionsRoot": 32,
    "receiptsRoot": 32,
    "logsBloom": 256,
    "difficulty": None,
    "number": None,
    "gasLimit": None,
    "gasUsed": None,
    "timestamp": None,
    "extraData": 0,
    "mixHash": 32,
    "nonce": 8,
    "baseFeePerGas": None,
    "withdrawalsRoot": 32,
    "blobGasUsed": None,
    "excessBlobGas": None,
    "parentBeaconBlockRoot": 32,
    "requestsHash": 32,
    "blockAccessListHash": 32,
}


def header(chain: Chain, number: int) -> bytes:
    """Return the header of a block, RLP-encoded.

    Raises
    ------
    NodeError
        If the hash of what the node tells isn't the block's: its chain has other fields.
    """
    import rlp  # only markets need it

    block = chain.block(number)
    fields = {name: _field(block[name], width) for name, width in _FIELDS.items() if block.get(name) is not None}
    # eth-tester shows an empty extraData as 32 zeros
    for told in (fields, {**fields, "extraData": b""}):
        encoded: bytes = rlp.encode(list(told.values()))
        if keccak(encoded) == _field(field(block, "hash"), 32):
            return encoded
    raise NodeError(
        f"The header of block {number} can't be made from the answer of {chain.backend}: this chain has other fields, "
        "and no market can draw there."
    )


def check_randomness(chain: Chain) -> None:
    """Refuse a chain whose blocks a market can't draw from.

    Raises
    ------
    NodeError
        If headers can't be made from the node's answers.
    InvalidInput
        If prevRandao isn't a random number: it is a small constant on some chains, bookkeeping in its upper half on
        others.
    """
    latest = chain.block_number()
    header(chain, latest)
    told = _field(field(chain.block(latest), "mixHash"), 32)
    if not any(told[:16]) or not any(told[-8:]):
        raise InvalidInput(
            f"Chain {chain.chain_id} has no randomness to draw a portion from: its prevRandao is 0x{told.hex()}; "
            "choose another chain."
        )


def _field(value: Any, width: int | None) -> bytes:
    if isinstance(value, bytes) or width == 0:
        return to_bytes(value)
    try:
        number = value if isinstance(value, int) else int(value, 16)
        length = (number.bit_length() + 7) // 8 if width is None else width
        return number.to_bytes(length, "big")
    except (TypeError, ValueError, OverflowError):
        raise NodeError(f"The node answers {shortened(value)} in the header of a block: ask another node.") from None
