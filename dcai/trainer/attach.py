"""Attach to a trainer that is deployed already: an address is enough."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from eth_utils.address import to_checksum_address

from dcai import artifacts, plugins
from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain
from dcai.chain.create2 import CLONE_HEAD, CLONE_TAIL
from dcai.errors import DcaiError, InvalidInput, NodeUnreachable, NoTrainer
from dcai.incentives.base import Incentive
from dcai.trainer.inputs import Inputs, Unusable
from dcai.trainer.settings import Deployed, Settings
from dcai.trainer.trainer import Trainer
from dcai.trainer.unfinished import check_finished

if TYPE_CHECKING:
    from dcai.encoders import Coding, Embed, Encoder

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


def attach(
    chain: Chain,
    address: str,
    *,
    first_block: int = 0,
    embed: Embed | None = None,
    encoder: Encoder | Coding | None = None,
) -> Trainer:
    """Return a trainer that is deployed already; its labels and encoder come from the chain.

    Whatever its creator has written as labels or published as encoder, this succeeds: others may have paid in. Where
    that is not an encoder, the error comes when something is encoded; encoded samples, refunds, takes, the history and
    the audit work.

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
    encoder
        A fitted encoder of your own, in place of the one that is published.

    Raises
    ------
    NoTrainer
        If there is none of a known kind at the address; `UnfinishedTrainer` if its deployment was interrupted.
    InvalidInput
        If the address is malformed, the encoder isn't of the model's features, or `embed` is given beside it.
    """
    if encoder is not None and embed is not None:
        raise InvalidInput("attach takes embed=… for the published encoder, or encoder=…, not both: leave one out.")
    deployed = read(chain, address)
    check_finished(chain, deployed.address)
    kind = Trainer.of(type(deployed.settings.incentive))
    labels = deployed.settings.all_classes(chain.read("ITrainer", deployed.address, "names"))
    coding = _published(chain, deployed, embed) if encoder is None else _own(deployed, encoder)
    return kind(chain, deployed, encoder=coding, labels=labels, first_block=first_block)


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
    # whatever a creator wrote for text must keep nobody from a refund
    name, *labels = args[_NAMES].decode(errors="replace").split("\n")
    terms = incentive.from_packed(args[_INCENTIVE], int.from_bytes(args[_SIZE_UNIT], "big"))
    settings = Settings(terms, args[_MODEL], name, tuple(labels))
    return Deployed(contract, address, str(to_checksum_address(args[_CREATOR])), settings)


def _product(implementation: str) -> tuple[str, type[Incentive]] | None:
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


def _published(chain: Chain, deployed: Deployed, embed: Embed | None) -> Coding | Unusable | None:
    """Return the encoder that a trainer's creator published, or why it can't be used; None where none is complete."""
    from dcai.encoders import NoEmbedding, encoder_from_spec, unpack_spec

    try:
        data, complete = chain.read("ITrainer", deployed.address, "metadata")
    except NodeUnreachable:
        raise
    except DcaiError as error:  # there may be more of it than a node reads in one call
        return Unusable(InvalidInput, f"what its creator published can't be read: {error}")
    if not complete:
        return None
    try:
        spec = unpack_spec(data).get("encoder")
        if not isinstance(spec, dict):
            return Unusable(InvalidInput, "what its creator published names no encoder.")
        coding = encoder_from_spec(spec, embed=embed)
    except NoEmbedding as error:
        return Unusable(NoEmbedding, f"attach with embed=…. {error}")
    except InvalidInput as error:
        return Unusable(InvalidInput, f"what its creator published can't be used. {error}")
    if coding.n_features_ != deployed.settings.features:
        return Unusable(
            InvalidInput,
            f"what its creator published gives {coding.n_features_:,} features, and the model has "
            f"{deployed.settings.features:,}.",
        )
    return coding


def _own(deployed: Deployed, encoder: Encoder | Coding) -> Coding:
    """Return an encoder that was given in place of the published one."""
    from dcai.encoders import Coding
    from dcai.models.twins.encoding import check_encoder

    coding = encoder if isinstance(encoder, Coding) else encoder.coding
    check_encoder(Inputs(deployed, coding).model, coding)
    return coding
