"""Deploy a shared model: as a list of calls, and by sending them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dcai.accounts.account import Account, sent
from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.contract import Contract
from dcai.chain.create2 import clone_address
from dcai.chain.receipts import Receipt
from dcai.encoders import Coding, pack_spec
from dcai.errors import ContractReverted, DcaiError, FailedDeployment, InvalidInput, UnfinishedTrainer
from dcai.incentives.base import Incentive, T
from dcai.models.twins import Twin
from dcai.models.twins.encoding import check_encoder
from dcai.models.twins.state import HEAD, SLOT
from dcai.trainer import products
from dcai.trainer.batches import check_size
from dcai.trainer.settings import Deployed, Settings
from dcai.trainer.trainer import Trainer
from dcai.trainer.unfinished import begun

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
        What loads the rest of its parameters and publishes its encoder. With an encoder, the last call brings the last
        of both: nobody can use a trainer, or pay into it, before it is complete.
    parameters : bytes
        All of them.
    metadata : bytes or None
        What is published; None where there is no encoder.
    """

    deployed: Deployed
    shared: tuple[Call, ...]
    create: Call
    others: tuple[Call, ...]
    parameters: bytes
    metadata: bytes | None

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls, in the order in which the creator has to send them."""
        return (*self.shared, self.create, *self.others)


def prepare(
    chain: Chain,
    model: Model | Twin,
    incentive: Incentive,
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
    if not isinstance(salt, int) or isinstance(salt, bool) or not 0 <= salt < 2**256:
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
    parameters = twin.parameters()
    metadata = None if coding is None else pack_spec({"encoder": coding.spec()})
    first = parameters[: min(_FIRST_CHUNK, _held_back(parameters, metadata))]
    create = Contract(chain, _FACTORY, factory).call(
        "create", implementation, packed, word, first, what=f"Create the trainer {name!r} at {address}"
    )
    return Deployment(
        Deployed(contract, address, creator, settings),
        tuple(call for one in (_FACTORY, contract) for call in products.missing(chain, one)),
        create,
        tuple(_missing(Contract(chain, contract, address), name, parameters, metadata, loaded=len(first))),
        parameters,
        metadata,
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
    progress: bool = True,
) -> T:
    """Deploy a shared model, or finish a deployment of the same that was interrupted.

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
    progress
        Tell the address on standard error before anything is sent; not on a local chain, which ends with this process.

    Raises
    ------
    InvalidInput
        If the encoder has another number of features than the model, or isn't of its kind; the model is so large that
        no contribution to it would fit into a transaction; or an unfinished trainer of the same creator, settings and
        salt has other parameters or another encoder.
    FailedDeployment
        If the same creator has deployed the same settings with the same salt before.
    UnfinishedTrainer
        If it was interrupted; the same call goes on where it stopped.
    """
    account = chain.account(sender)
    prepared = prepare(chain, model, incentive, encoder=encoder, name=name, salt=salt, creator=account.address)
    deployed = prepared.deployed
    calls = remaining(chain, prepared)
    if progress and not chain.is_local:
        from dcai.terminal import Console  # what it is made of takes long to import

        told = f"Deploying {name!r} at {deployed.address} on chain {chain.chain_id}."
        Console(stderr=True).print(told, soft_wrap=True)
    for contract in (_FACTORY, deployed.contract):
        products.ensure(chain, contract, sender=account)
    receipts: list[Receipt] = []
    for call in calls:
        try:
            receipts.append(sent(account, call))
        except DcaiError as error:
            # what a contract refuses it refuses the next time, too
            if isinstance(error, ContractReverted) or call is prepared.create:
                raise
            raise UnfinishedTrainer(
                f"The trainer at {deployed.address} is unfinished. {error} Deploy it once more in the same way, and it "
                "goes on where it stopped.",
                deployed.address,
            ) from error
    kind: Any = Trainer.of(type(incentive))
    trainer: T = kind(
        chain,
        deployed,
        encoder=_coding(encoder),
        deploy_gas=sum(receipt.gas_used or 0 for receipt in receipts),
        first_block=receipts[0].block_number if calls[0] is prepared.create else 0,
    )
    return trainer


def remaining(chain: Chain, prepared: Deployment) -> list[Call]:
    """Return the calls of a deployment that haven't been sent yet.

    Raises
    ------
    FailedDeployment
        If all have been.
    InvalidInput
        If what is at the address isn't the beginning of this deployment.
    """
    deployed, metadata = prepared.deployed, prepared.metadata
    if not chain.code(deployed.address):
        return [prepared.create, *prepared.others]
    there = begun(chain, deployed.address)
    if there.complete and (there.published or metadata is None):
        complete = FailedDeployment()
        complete.args = (
            f"This trainer exists already, complete, at {deployed.address}: attach to it, or choose another salt.",
        )
        raise complete
    if not prepared.parameters.startswith(there.parameters):
        other = "parameters"
    elif there.published or not (metadata or b"").startswith(there.metadata):
        other = "encoder"
    else:
        return list(
            _missing(
                Contract(chain, deployed.contract, deployed.address),
                deployed.settings.name,
                prepared.parameters,
                metadata,
                loaded=len(there.parameters),
                published=len(there.metadata),
            )
        )
    raise InvalidInput(
        f"An unfinished trainer with the same creator, settings, names and salt and with another {other} is at "
        f"{deployed.address}: deploy that one once more to finish it, or choose another salt."
    )


def _held_back(parameters: bytes, metadata: bytes | None) -> int:
    """Return the byte from which parameters are sent last: the last slot, if there is something to publish before."""
    last_slot = (HEAD + len(parameters) - 1) // SLOT * SLOT - HEAD
    return len(parameters) if metadata is None or last_slot <= 0 else last_slot


def _missing(
    trainer: Contract, name: str, parameters: bytes, metadata: bytes | None, *, loaded: int, published: int = 0
) -> Iterator[Call]:
    """Yield the calls that complete a trainer which has some of its parameters and of its metadata."""
    held = max(_held_back(parameters, metadata), loaded)
    for start in range(loaded, held, _CHUNK):
        chunk = parameters[start : min(start + _CHUNK, held)]
        told = f"Load bytes {start:,} to {start + len(chunk):,} of {len(parameters):,} of the parameters of {name!r}"
        yield trainer.call("initialize", chunk, what=told)
    rest = parameters[held:]
    if metadata is None:
        return
    for start in range(published, len(metadata), _PART):
        part, last = metadata[start : start + _PART], start + _PART >= len(metadata)
        told = f"Publish bytes {start:,} to {start + len(part):,} of {len(metadata):,} of the encoder of {name!r}"
        if last and rest:
            both = (trainer.codec.call("publish", part, True), trainer.codec.call("initialize", rest))
            yield trainer.call("multicall", both, what=f"{told}, and finish it")
        else:
            yield trainer.call("publish", part, last, what=told)


def _coding(encoder: Encoder | Coding | None) -> Coding | None:
    return encoder if encoder is None or isinstance(encoder, Coding) else encoder.coding
