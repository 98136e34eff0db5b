"""A trainer whose deployment was interrupted: what is there of it, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from dcai.chain.chain import Chain
from dcai.chain.contract import Contract
from dcai.errors import UnfinishedTrainer

# Of the first slot: see contracts/types/Head.sol.
_NEXT_ID, _COUNTED, _FORTY_BITS = 216, 136, 2**40 - 1


@dataclass(frozen=True)
class Begun:
    """What is on the chain of a trainer.

    Attributes
    ----------
    parameters : bytes
        Those that it was given so far, as they were given.
    complete : bool
        Whether these are all, so that it can be used.
    metadata : bytes
        What was published so far.
    published : bool
        Whether that is all.
    """

    parameters: bytes
    complete: bool
    metadata: bytes
    published: bool


def begun(chain: Chain, address: str) -> Begun:
    """Read what is there of a trainer."""
    metadata, published = chain.read("ITrainer", address, "metadata")
    complete, loaded = _head(chain, address)
    if not complete:
        return Begun(_state(chain, address, loaded), False, metadata, published)
    # people may have contributed since: only the log still has what was loaded
    contract = Contract(chain, "ITrainer", address)
    events = (contract.event(log) for log in chain.logs(address))
    parameters = b"".join(event.args["parameters"] for event in events if event and event.name == "Loaded")
    return Begun(parameters, True, metadata, published)


def check_finished(chain: Chain, address: str) -> None:
    """Refuse a trainer that lacks a part of its parameters.

    Raises
    ------
    UnfinishedTrainer
        If it does.
    """
    complete, loaded = _head(chain, address)
    if not complete:
        raise UnfinishedTrainer(
            f"The trainer at {address} is unfinished: its creator has loaded {loaded:,} bytes of its parameters, and "
            "not all. Nobody can use it or pay into it yet; its creator finishes it by deploying it once more in the "
            "same way.",
            address,
        )


def _head(chain: Chain, address: str) -> tuple[bool, int]:
    """Return whether a trainer can be used, and how many bytes of parameters it has if not."""
    (head,) = chain.read("ITrainer", address, "words", 0, 1)
    return head >> _NEXT_ID != 0, head >> _COUNTED & _FORTY_BITS


def _state(chain: Chain, address: str, length: int) -> bytes:
    from dcai.models.twins.state import HEAD, SLOT  # with numpy, which nobody needs to attach

    words = chain.read("ITrainer", address, "words", 0, -(-(HEAD + length) // SLOT))
    return b"".join(word.to_bytes(SLOT, "big") for word in words)[HEAD : HEAD + length]
