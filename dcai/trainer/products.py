"""Where our contracts are, the same addresses on every chain, and what a trainer's code says of it.

The factory and the implementations are deployed through the deterministic deployment proxy that most chains have
(github.com/Arachnid/deterministic-deployment-proxy); where it is missing, its creator's presigned transaction puts it
there. Their addresses follow from their bytecode alone, so that a trainer's code tells which contract it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_account import Account
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_exponential

from dcai import artifacts
from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain
from dcai.errors import InvalidInput, NoTrainer
from dcai.incentives import INCENTIVES, Incentive
from dcai.models import DensePerceptron, Model, NaiveBayes, NearestCentroid, SparseNearestCentroid, SparsePerceptron

PROXY = "0x4e59b44847b379578588920cA78FbF26c0B4956C"

_PROXY_TRANSACTION = (
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba0222222222222222222222222"
    "2222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
)
_PROXY_COST = 10**16
_PROXY_SECONDS = 60
_SALT = bytes(32)

_CLONE_HEAD = bytes.fromhex("363d3d373d3d3d363d73")
_CLONE_TAIL = bytes.fromhex("5af43d82803e903d91602b57fd5bf3")


@dataclass(frozen=True)
class Product:
    """A model with an incentive: one contract.

    Attributes
    ----------
    contract : str
        Its name: that of the Solidity model, then the incentive's suffix.
    model : type of Model
        The model's twin.
    incentive : type
    """

    contract: str
    model: type[Model]
    incentive: type[Incentive[Any]]


_TWINS: dict[str, type[Model]] = {
    "SparsePerceptron": SparsePerceptron,
    "SparseMulticlassPerceptron": SparsePerceptron,
    "DensePerceptron": DensePerceptron,
    "DenseMulticlassPerceptron": DensePerceptron,
    "NearestCentroid": NearestCentroid,
    "SparseNearestCentroid": SparseNearestCentroid,
    "NaiveBayes": NaiveBayes,
}

PRODUCTS = [
    Product(model + incentive.suffix, twin, incentive) for model, twin in _TWINS.items() for incentive in INCENTIVES
]


def register(product: Product, artifact: dict[str, Any]) -> None:
    """Make a product of somebody else's known, so that it can be deployed and attached to.

    Parameters
    ----------
    product
        Its `contract` is the name of the contract, which ends with the incentive's suffix.
    artifact
        What the compiler gave for the contract: `abi` and `bytecode` (hexadecimal, with 0x).

    Raises
    ------
    InvalidInput
        If there is a contract of this name, or the artifact lacks something.
    """
    artifacts.add(product.contract, artifact)
    PRODUCTS.append(product)


def product_of(model: Model, incentive: Incentive[Any]) -> Product:
    """Return the contract for a model with an incentive.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    for product in PRODUCTS:
        if product.contract == model.contract + incentive.suffix and isinstance(model, product.model):
            return product
    raise InvalidInput(f"There is no contract for {type(model).__name__} with {type(incentive).__name__}.")


@cache
def address_of(contract: str) -> str:
    """Return where one of our contracts is, on every chain that has it."""
    init_code = bytes.fromhex(artifacts.load(contract)["bytecode"][2:])
    parts = b"\xff" + bytes.fromhex(PROXY[2:]) + _SALT + keccak(init_code)
    return str(to_checksum_address(keccak(parts)[12:]))


def ensure(chain: Chain, contract: str, *, sender: str) -> str:
    """Deploy one of our contracts where it isn't on the chain yet; return its address."""
    address = address_of(contract)
    if not chain.code(address):
        _ensure_proxy(chain, sender)
        data = _SALT + bytes.fromhex(artifacts.load(contract)["bytecode"][2:])
        chain.send(PROXY, data, sender=sender)
    return address


def _ensure_proxy(chain: Chain, sender: str) -> None:
    if chain.code(PROXY):
        return
    deployer = Account.recover_transaction(_PROXY_TRANSACTION)
    missing = _PROXY_COST - chain.balance(deployer)
    if missing > 0:
        chain.send(deployer, sender=sender, value=missing)
    chain.broadcast(_PROXY_TRANSACTION)
    arrived = Retrying(
        stop=stop_after_delay(_PROXY_SECONDS),
        wait=wait_exponential(multiplier=0.02, max=2),
        retry=retry_if_result(lambda code: not code),
        retry_error_callback=lambda state: b"",
    )(chain.code, PROXY)
    if not arrived:
        raise NoTrainer(
            f"This chain refuses the deterministic deployment proxy at {PROXY}; it can't hold our trainers."
        )


# Names stand in code, which costs 200 gas a byte.
_MAX_NAMES = 4_096


@dataclass(frozen=True)
class Settings:
    """What stands in a trainer's code: see contracts/types/Settings.sol.

    Attributes
    ----------
    incentive
    model : bytes
        The model's ten bytes, as `Model.settings` gives them.
    name : str
    labels : tuple of str
        What the classes are called that the trainer was made with.
    """

    incentive: Incentive[Any]
    model: bytes
    name: str
    labels: tuple[str, ...]

    def packed(self) -> bytes:
        """Return the settings as the factory takes them: all but the creator.

        Raises
        ------
        InvalidInput
            If a name or label holds a line break.
        """
        for text in (self.name, *self.labels):
            if not isinstance(text, str) or "\n" in text:
                raise InvalidInput(f"A name or label is one line of text, not {text!r}.")
        lines = "\n".join((self.name, *self.labels)).encode()
        if len(lines) > _MAX_NAMES:
            raise InvalidInput(
                f"Name and labels have {len(lines):,} bytes together; a trainer's code has room for {_MAX_NAMES:,}."
            )
        return self.incentive.size_unit.to_bytes(2, "big") + self.model + self.incentive.packed() + lines


@dataclass(frozen=True)
class Deployed:
    """A trainer as its code tells it."""

    product: Product
    creator: str
    settings: Settings


def read(chain: Chain, address: str) -> Deployed:
    """Read what a trainer is, from its code.

    Raises
    ------
    InvalidInput
        If the address is malformed.
    NoTrainer
        If there is no contract, or one that is no trainer of this version.
    """
    address = checked_address(address)
    code = chain.code(address)
    if not code:
        raise NoTrainer(
            f"There is no contract at {address} on {chain.backend} (chain {chain.chain_id}); check address and chain."
        )
    implementation = code[10:30]
    product = next((p for p in PRODUCTS if bytes.fromhex(address_of(p.contract)[2:]) == implementation), None)
    if product is None or code[:10] != _CLONE_HEAD or code[30:45] != _CLONE_TAIL or len(code) < 45 + 64:
        raise NoTrainer(
            f"The contract at {address} is no trainer of this version of dcai: it runs other code. "
            "Don't pay it on our word."
        )
    args = code[45:]
    try:
        name, *labels = args[64:].decode().split("\n")
    except UnicodeDecodeError:
        raise NoTrainer(f"The trainer at {address} has a name or labels that are no text.") from None
    if len(labels) != args[22]:
        raise NoTrainer(f"The trainer at {address} names {len(labels)} labels for {args[22]} classes: don't trust it.")
    incentive = product.incentive.from_packed(args[32:64], int.from_bytes(args[20:22], "big"))
    settings = Settings(incentive, args[22:32], name, tuple(labels))
    return Deployed(product, str(to_checksum_address(args[:20])), settings)


def create(chain: Chain, model: Model, settings: Settings, *, salt: int, sender: str) -> tuple[str, int, int]:
    """Deploy a trainer.

    Returns
    -------
    tuple
        Its address, the gas of all transactions that made it (not of those that our contracts' own first deployment
        took), and the number of the block that it was made in.
    """
    contract = product_of(model, settings.incentive).contract
    factory = ensure(chain, "TrainerFactory", sender=sender)
    implementation = ensure(chain, contract, sender=sender)
    parameters = model.parameters()
    first, *others = _chunks(parameters)
    receipt = chain.invoke(
        "TrainerFactory",
        factory,
        "create",
        implementation,
        settings.packed(),
        salt.to_bytes(32, "big"),
        first,
        sender=sender,
    )
    created = next(log for log in receipt.logs if log.address == factory)
    trainer = str(to_checksum_address(created.topics[1][12:]))
    gas = receipt.gas_used
    for chunk in others:
        gas += chain.invoke("ITrainer", trainer, "initialize", chunk, sender=sender).gas_used
    return trainer, gas, receipt.block_number


# One chunk of initial parameters: 500 slots at 22,100 gas each, 11 million, under the limit of a transaction.
_FIRST_CHUNK = 500 * 32 - 16
_CHUNK = 500 * 32


def _chunks(parameters: bytes) -> list[bytes]:
    return [
        parameters[:_FIRST_CHUNK],
        *(parameters[start : start + _CHUNK] for start in range(_FIRST_CHUNK, len(parameters), _CHUNK)),
    ]
