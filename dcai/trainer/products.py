"""Which contract goes with a model and an incentive, and where our contracts are: the same address on every chain.

The factory and the implementations are deployed through the deterministic deployment proxy that most chains have
(github.com/Arachnid/deterministic-deployment-proxy); where it is missing, its creator's presigned transaction puts it
there. Their addresses follow from their bytecode alone, so that a trainer's code says which contract it runs.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from dcai import artifacts, plugins
from dcai.accounts.account import Account, sent
from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.create2 import PROXY, SALT, created_address
from dcai.errors import ContractReverted, InvalidInput, NodeError, NoTrainer, TransactionFailed
from dcai.incentives.base import Incentive
from dcai.models.twins import Twin

PROXY_WEI = 10**16
"""The fee of the transaction that deploys the deterministic deployment proxy: 100,000 gas at 100 gwei."""

_PROXY_TRANSACTION = (
    "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba0222222222222222222222222"
    "2222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
)
_PROXY_CREATOR = "0x3fAB184622Dc19b6109349B94811493BF2a45362"
_PROXY_SECONDS = 60


@dataclass(frozen=True)
class Product:
    """A model with an incentive: one contract.

    Attributes
    ----------
    contract : str
        Its name: that of the Solidity model, then the incentive's suffix.
    model : type of Twin
    incentive : type
    """

    contract: str
    model: type[Twin]
    incentive: type[Incentive]


def known(*, installed: bool = True) -> list[Product]:
    """Return every product: each model's contracts with each incentive, where there is such a contract.

    Parameters
    ----------
    installed
        Whether to look for installed packages, which a contract of ours doesn't need.
    """
    return [
        Product(contract + incentive.suffix, twin, incentive)
        for twin in plugins.twins(installed=installed).values()
        for contract in twin.contracts
        for incentive in plugins.incentives(installed=installed).values()
        if artifacts.exists(contract + incentive.suffix)
    ]


def named(contract: str) -> Product:
    """Return the product of a contract.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    for product in known(installed=contract not in artifacts.addresses()):
        if product.contract == contract:
            return product
    raise InvalidInput(f"No model and incentive are known for the contract {contract}.")


def product_of(model: Twin, incentive: Incentive) -> Product:
    """Return the contract for a model with an incentive.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    contract = model.contract + incentive.suffix
    for product in known():
        if product.contract == contract and isinstance(model, product.model):
            return product
    raise InvalidInput(f"There is no contract for {model.contract} with {type(incentive).__name__}.")


@cache
def address_of(contract: str) -> str:
    """Return where one of our contracts is, on every chain that has it."""
    known = artifacts.addresses().get(contract)
    return known or created_address(PROXY, SALT, _init_code(contract))


def missing(chain: Chain, contract: str) -> list[Call]:
    """Return the call that deploys one of our contracts, or none where the chain has it."""
    if chain.code(address_of(contract)):
        return []
    return [Call(PROXY, SALT + _init_code(contract), what=f"Deploy {contract}, which all trainers of its kind share")]


def ensure(chain: Chain, contract: str, *, sender: str | Account) -> str:
    """Deploy one of our contracts where it isn't on the chain yet; return its address."""
    account = chain.account(sender)
    for call in missing(chain, contract):
        ensure_proxy(chain, account)
        try:
            sent(account, call)
        except (ContractReverted, TransactionFailed):
            if not chain.code(address_of(contract)):
                raise
            # somebody else was faster
    return address_of(contract)


def ensure_proxy(chain: Chain, account: Account) -> None:
    """Deploy the deterministic deployment proxy where it isn't on the chain yet.

    Its creator's presigned transaction does it, for which somebody has to give that creator the fee.

    Raises
    ------
    NoTrainer
        If the chain refuses it.
    """
    from tenacity import Retrying, retry_if_result, stop_after_delay, wait_exponential

    if chain.code(PROXY):
        return
    lacking = PROXY_WEI - chain.balance(_PROXY_CREATOR)
    if lacking > 0:
        sent(account, Call(_PROXY_CREATOR, value=lacking, what="Pay for the deterministic deployment proxy"))
    with suppress(NodeError):  # it may be on its way, from us before or from somebody else
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


def _init_code(contract: str) -> bytes:
    return bytes.fromhex(artifacts.load(contract)["bytecode"][2:])
