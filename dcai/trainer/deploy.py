"""Deploy a shared model, or attach to one: either way, to the trainer that goes with its incentive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dcai.chain.chain import Chain
from dcai.encoders import Coding, Embed, encoder_from_spec, pack_spec, unpack_spec
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive, T
from dcai.models.twins import Twin
from dcai.models.twins.encoding import check_encoder
from dcai.trainer import products
from dcai.trainer.batches import check_size
from dcai.trainer.products import Settings
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from dcai.encoders import Encoder
    from dcai.models import Model

# A part of the metadata as the code of a contract: at most 24,576 bytes, one of which is not ours.
_PART = 24_000


def deploy(
    chain: Chain,
    model: Model | Twin,
    incentive: Incentive[T],
    *,
    encoder: Encoder | Coding | None = None,
    name: str = "",
    salt: int = 0,
    sender: str | None = None,
) -> T:
    """Deploy a shared model.

    Parameters
    ----------
    chain
        Where.
    model
        A fitted model, or a twin: its classes and its parameters are what the trainer starts with.
    incentive
        What contributing costs and earns.
    encoder
        A fitted encoder; published with the trainer, so that an address is all that anybody needs.
    name
        One line.
    salt
        Tells apart trainers of the same creator, settings, classes and name.
    sender
        The creator; the chain's first account where left out.

    Raises
    ------
    InvalidInput
        If the encoder has another number of features than the model, or isn't of its kind; or the model is so large
        that no contribution to it would fit into a transaction.
    FailedDeployment
        If the same creator has deployed the same settings with the same salt before.
    """
    if not chain.accounts:
        raise InvalidInput(f"No account of {chain.backend} can send; connect with account=… to deploy.")
    if not isinstance(salt, int) or not 0 <= salt < 2**256:
        raise InvalidInput(f"A salt is a whole number from 0 to 2^256 - 1, not {salt!r}.")
    twin: Twin = model if isinstance(model, Twin) else model.twin
    coding: Coding | None = encoder if encoder is None or isinstance(encoder, Coding) else encoder.coding
    kind: Any = Trainer.of(type(incentive))
    creator = sender or chain.accounts[0]
    check_encoder(twin, coding)
    check_size(twin)
    settings = Settings(incentive, twin.settings(), name, twin.classes)
    address, gas, block = products.create(chain, twin, settings, salt=salt, sender=creator)
    if coding is not None:
        data = pack_spec({"encoder": coding.spec()})
        for start in range(0, len(data), _PART):
            last = start + _PART >= len(data)
            gas += chain.invoke(
                "ITrainer", address, "publish", data[start : start + _PART], last, sender=creator
            ).gas_used
    trainer: T = kind(chain, address, coding, gas, block)
    return trainer


def attach(chain: Chain, address: str, *, first_block: int = 0, embed: Embed | None = None) -> Trainer[Any, Any]:
    """Return a trainer that is deployed already; its labels and encoder come from the chain.

    Parameters
    ----------
    chain
        Where.
    address
        The trainer's.
    first_block
        The block of its deployment, or one before: public nodes often refuse to search the log of the whole chain.
    embed
        The function that the trainer's encoder names, where that is an `EmbeddingEncoder`.

    Raises
    ------
    NoTrainer
        If there is none of a known kind at the address.
    InvalidInput
        If the address is malformed, or what the creator published is no encoder.
    """
    incentive = products.read(chain, address).product.incentive
    trainer = Trainer.of(incentive)(chain, address, None, first_block=first_block)
    data, complete = chain.read("ITrainer", address, "metadata")
    if complete:
        spec = unpack_spec(data).get("encoder")
        if not isinstance(spec, dict):
            raise InvalidInput(
                f"What the creator of {address} published names no encoder; its samples can't be made here."
            )
        trainer.encoder = encoder_from_spec(spec, embed=embed)
    return trainer
