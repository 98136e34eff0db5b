"""The cost of a deployment, measured by one on a local chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcai.accounts.account import sent
from dcai.chain import Chain, local_chain
from dcai.chain.create2 import PROXY
from dcai.incentives import Incentive
from dcai.models.twins import Twin
from dcai.trainer import products
from dcai.trainer.deploy import prepare

if TYPE_CHECKING:
    from dcai.encoders import Encoder


@dataclass(frozen=True)
class Trial:
    """The gas of a deployment.

    Attributes
    ----------
    call_gas : tuple of int
        The gas of each call that makes the trainer, with its model and its encoder, in their order.
    contract_gas : dict of str to int
        The gas of each contract that all trainers of its kind share, and that a chain needs once.
    """

    call_gas: tuple[int, ...]
    contract_gas: dict[str, int]

    @property
    def trainer_gas(self) -> int:
        """The gas of the trainer."""
        return sum(self.call_gas)


def try_out(twin: Twin, incentive: Incentive, encoder: Encoder | None, name: str, salt: int = 0) -> Trial:
    """Deploy a trainer on a local chain, and forget it.

    Raises
    ------
    DcaiError
        If a real chain would refuse it too.
    """
    with local_chain() as chain:
        sender = chain.accounts[0]
        contract_gas = {}
        for contract in ("TrainerFactory", products.product_of(twin, incentive).contract):
            before = chain.gas_used[sender]
            products.ensure(chain, contract, sender=sender)
            contract_gas[contract] = chain.gas_used[sender] - before
        prepared = prepare(chain, twin, incentive, encoder=encoder, name=name, salt=salt, creator=sender)
        account = chain.account(sender)
        receipts = [sent(account, call) for call in prepared.calls]
        return Trial(tuple(receipt.gas_used or 0 for receipt in receipts), contract_gas)


@dataclass(frozen=True)
class Cost:
    """The estimated cost of a deployment on a chain, at its current price of gas.

    Attributes
    ----------
    gas : int
        Including that of our contracts that are missing there.
    gas_price_wei : int
    wei : int
        Including the fee for the deterministic deployment proxy where it is missing.
    """

    gas: int
    gas_price_wei: int
    wei: int

    @classmethod
    def on(cls, chain: Chain, trial: Trial, left: int | None = None) -> Cost:
        """Return the cost on a chain of a deployment that was tried out.

        Parameters
        ----------
        left
            How many of its calls are still to be sent, the last ones; by default all.

        Raises
        ------
        NodeError
            If the node doesn't give the price of gas.
        """
        missing = [name for name in trial.contract_gas if not chain.code(products.address_of(name))]
        calls = trial.call_gas if left is None else trial.call_gas[max(len(trial.call_gas) - left, 0) :]
        gas = sum(calls) + sum(trial.contract_gas[name] for name in missing)
        price = chain.gas_price()
        return cls(gas, price, gas * price + (0 if chain.code(PROXY) else products.PROXY_WEI))
