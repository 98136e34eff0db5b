"""Attach to a trainer that is deployed already: an address is enough."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

from dcai import artifacts, plugins
from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain
from dcai.chain.create2 import CLONE_HEAD, CLONE_TAIL
from dcai.errors import InvalidInput, NoTrainer
from dcai.incentives.base import Incentive
from dcai.trainer.settings import Deployed, Settings
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from dcai.encoders import Coding, Embed

# Of a clone's code, and of its arguments: see contracts/types/Settings.sol.
_IMPLEMENTATION = slice(len(CLONE_HEAD), len(CLONE_HEAD) + 20)
_ARGUMENTS = _IMPLEMENTATION.stop + len(CLONE_TAIL)
_CREATOR, _SIZE_UNIT, _MODEL, _INCENTIVE, _NAMES = (
    slice(20),
    slice(20, 22),
    slice(22, 32),
    slice(32, 64),
    slice(64, None),
)


def attach(chain: Chain, address: str, *, first_block: int = 0, embed: Embed | None = None) -> Trainer[Any, Any]:
    """Return a trainer that is deployed already; its labels and encoder come from the chain.

    Parameters
    ----------
    chain
        Where.
    address
        The trainer's.
    first_block
        The block of its deployment, or one before. Left out, the log is read back from the latest block until it
        begins.
    embed
        The function that the trainer's encoder names, where that is an `EmbeddingEncoder`.

    Raises
    ------
    NoTrainer
        If there is none of a known kind at the address.
    InvalidInput
        If the address is malformed, or what the creator published isn't an encoder.
    """
    deployed = read(chain, address)
    kind = Trainer.of(type(deployed.settings.incentive))
    labels = chain.read("ITrainer", deployed.address, "names").split("\n")[1:]
    encoder = _encoder(chain, deployed.address, embed)
    return kind(chain, deployed, encoder=encoder, labels=labels, first_block=first_block)


def read(chain: Chain, address: str) -> Deployed:
    """Read what a trainer is, from its code.

    Raises
    ------
    InvalidInput
        If the address is malformed.
    NoTrainer
        If there is no contract, or one that isn't a trainer of this version.
    """
    address = checked_address(address)
    code = chain.code(address)
    if not code:
        raise NoTrainer(
            f"There is no contract at {address} on {chain.backend} (chain {chain.chain_id}); check address and chain."
        )
    found = _product(str(to_checksum_address(code[_IMPLEMENTATION].ljust(20, b"\0"))))
    clone = code.startswith(CLONE_HEAD) and code[_IMPLEMENTATION.stop : _ARGUMENTS] == CLONE_TAIL
    args = code[_ARGUMENTS:]
    if found is None or not clone or len(args) < _NAMES.start:
        raise NoTrainer(
            f"The contract at {address} isn't a trainer of this version of dcai: it runs other code. "
            "Don't pay it on our word."
        )
    contract, incentive = found
    try:
        name, *labels = args[_NAMES].decode().split("\n")
    except UnicodeDecodeError:
        raise NoTrainer(f"The trainer at {address} has a name or labels that are not valid text.") from None
    model = args[_MODEL]
    if len(labels) != model[0]:
        raise NoTrainer(f"The trainer at {address} names {len(labels)} labels for {model[0]} classes: don't trust it.")
    terms = incentive.from_packed(args[_INCENTIVE], int.from_bytes(args[_SIZE_UNIT], "big"))
    settings = Settings(terms, model, name, tuple(labels))
    return Deployed(contract, address, str(to_checksum_address(args[_CREATOR])), settings)


def _product(implementation: str) -> tuple[str, type[Incentive[Any]]] | None:
    """Return the contract at an address, which is the same on every chain, and the incentive that it has."""
    contract = _ours().get(implementation)
    if contract is not None:
        # a suffix of somebody else's may end like one of ours
        ours = filter(plugins.is_ours, plugins.incentives(installed=False).values())
        found = [kind for kind in ours if contract.endswith(kind.suffix)]
        return (contract, max(found, key=lambda kind: len(kind.suffix))) if found else None
    from dcai.trainer.products import address_of, known  # with all models, which a trainer of ours doesn't need

    product = next((one for one in known() if address_of(one.contract) == implementation), None)
    return None if product is None else (product.contract, product.incentive)


@cache
def _ours() -> dict[str, str]:
    return {address: contract for contract, address in artifacts.addresses().items()}


def _encoder(chain: Chain, address: str, embed: Embed | None) -> Coding | None:
    """Return the encoder that a trainer's creator published, or None where nothing is published completely."""
    data, complete = chain.read("ITrainer", address, "metadata")
    if not complete:
        return None
    from dcai.encoders import encoder_from_spec, unpack_spec

    spec = unpack_spec(data).get("encoder")
    if not isinstance(spec, dict):
        raise InvalidInput(f"What the creator of {address} published names no encoder; its samples can't be made here.")
    return encoder_from_spec(spec, embed=embed)
