"""Deploy a shared model: as a list of calls, and by sending them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dcai.accounts.account import Account, sent
from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.contract import Contract
from dcai.chain.create2 import clone_address
from dcai.encoders import Coding, pack_spec
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive, T
from dcai.models.twins import Twin
from dcai.models.twins.encoding import check_encoder
from dcai.trainer import products
from dcai.trainer.batches import check_size
from dcai.trainer.settings import Deployed, Settings
from dcai.trainer.trainer import Trainer

if TYPE_CHECKING:
    from dcai.encoders import Encoder
    from dcai.models import Model

# One chunk of initial parameters: 500 slots at 22,100 gas each, 11 million, under the limit of a transaction.
_FIRST_CHUNK = 500 * 32 - 16
_CHUNK = 500 * 32

# A part of the metadata as the code of a contract: at most 24,576 bytes, one of which isn't ours.
_PART = 24_000

_FACTORY = "TrainerFactory"


@dataclass(frozen=True)
class Deployment:
    """A deployment, prepared and not sent. The address follows from the creator, the settings and the salt.

    Attributes
    ----------
    deployed : Deployed
        The trainer that there will be.
    shared : tuple of Call
        What deploys the contracts that all trainers of the kind share, where the chain doesn't have them yet. They are
        sent through the deterministic deployment proxy: see `dcai.trainer.products.ensure_proxy`.
    create : Call
        What makes the trainer.
    others : tuple of Call
        What loads the rest of its parameters and publishes its encoder.
    """

    deployed: Deployed
    shared: tuple[Call, ...]
    create: Call
    others: tuple[Call, ...]

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in the order in which the creator has to send them."""
        return (*self.shared, self.create, *self.others)


def prepare(
    chain: Chain,
    model: Model | Twin,
    incentive: Incentive[Any],
    *,
    encoder: Encoder | Coding | None = None,
    name: str = "",
    salt: int = 0,
    creator: str,
) -> Deployment:
    """Return the calls that deploy a shared model, without sending anything.

    Parameters
    ----------
    creator
        The address that will send them.
    chain, model, incentive, encoder, name, salt
        See `deploy`.

    Raises
    ------
    InvalidInput
        See `deploy`.
    """
    if not isinstance(incentive, Incentive):
        raise InvalidInput(f"An incentive is an object such as dcai.Gamified(), not {incentive!r}.")
    if not isinstance(model, Twin) and not hasattr(type(model), "twin"):
        raise InvalidInput(
            f"{model!r} is not a model of dcai, which a contract can compute; fit one, as in dcai.NaiveBayes()."
        )
    if not isinstance(salt, int) or not 0 <= salt < 2**256:
        raise InvalidInput(f"A salt is a whole number from 0 to 2^256 - 1, not {salt!r}.")
    twin: Twin = model if isinstance(model, Twin) else model.twin
    coding = _coding(encoder)
    check_encoder(twin, coding)
    check_size(twin)
    settings = Settings(incentive, twin.settings(), name, twin.classes)
    packed, word = settings.packed(), salt.to_bytes(32, "big")
    contract = products.product_of(twin, incentive).contract
    factory, implementation = products.address_of(_FACTORY), products.address_of(contract)
    address = clone_address(factory, word, implementation, bytes.fromhex(creator[2:]) + packed)
    first, *chunks = _chunks(twin.parameters())
    trainer = Contract(chain, "ITrainer", address)
    loading = [
        trainer.call("initialize", chunk, what=f"Load part {number} of {len(chunks) + 1} of the parameters of {name!r}")
        for number, chunk in enumerate(chunks, start=2)
    ]
    create = Contract(chain, _FACTORY, factory).call(
        "create", implementation, packed, word, first, what=f"Create the trainer {name!r} at {address}"
    )
    return Deployment(
        Deployed(contract, address, creator, settings),
        tuple(call for one in (_FACTORY, contract) for call in products.missing(chain, one)),
        create,
        (*loading, *_publishing(trainer, coding, name)),
    )


def deploy(
    chain: Chain,
    model: Model | Twin,
    incentive: Incentive[T],
    *,
    encoder: Encoder | Coding | None = None,
    name: str = "",
    salt: int = 0,
    sender: str | Account | None = None,
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
        Distinguishes otherwise identical trainers of one creator.
    sender
        The creator, an address or an account; by default the chain's first account.

    Raises
    ------
    InvalidInput
        If the encoder has another number of features than the model, or isn't of its kind; or the model is so large
        that no contribution to it would fit into a transaction.
    FailedDeployment
        If the same creator has deployed the same settings with the same salt before.
    """
    account = chain.account(sender)
    prepared = prepare(chain, model, incentive, encoder=encoder, name=name, salt=salt, creator=account.address)
    kind: Any = Trainer.of(type(incentive))
    for contract in (_FACTORY, prepared.deployed.contract):
        products.ensure(chain, contract, sender=account)
    created = sent(account, prepared.create)
    gas = created.gas_used + sum(sent(account, call).gas_used for call in prepared.others)
    trainer: T = kind(
        chain, prepared.deployed, encoder=_coding(encoder), deploy_gas=gas, first_block=created.block_number
    )
    return trainer


def _chunks(parameters: bytes) -> list[bytes]:
    return [
        parameters[:_FIRST_CHUNK],
        *(parameters[start : start + _CHUNK] for start in range(_FIRST_CHUNK, len(parameters), _CHUNK)),
    ]


def _coding(encoder: Encoder | Coding | None) -> Coding | None:
    return encoder if encoder is None or isinstance(encoder, Coding) else encoder.coding


def _publishing(trainer: Contract, coding: Coding | None, name: str) -> list[Call]:
    if coding is None:
        return []
    data = pack_spec({"encoder": coding.spec()})
    starts = range(0, len(data), _PART)
    return [
        trainer.call(
            "publish",
            data[start : start + _PART],
            start + _PART >= len(data),
            what=f"Publish part {number} of {len(starts)} of the encoder of {name!r}",
        )
        for number, start in enumerate(starts, start=1)
    ]
