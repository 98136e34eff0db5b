"""A story to play on py-evm and on anvil: transactions to trainers, and their outcomes.

The gas of a transaction depends on the zeros in its calldata, and so on its addresses and times. The story's people are
therefore py-evm's accounts on each chain (anvil impersonates them), the contracts' addresses follow from their code and
creator, and the story begins at the same second. Every figure is comparable to the unit.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

import dcai
from dcai import errors
from dcai.chain.codec import codec
from dcai.trainer import products

BEGINNING = 2_000_000_000
OTHER_BACKENDS = ("anvil under prague", "anvil under osaka")


@dataclass(frozen=True)
class Step:
    """One transaction of the story, and the trainer's state after it."""

    name: str
    gas: int
    outcome: tuple
    state: tuple


class Story:
    """Sends transactions to a trainer and records their outcomes."""

    contract = "SparsePerceptronDRT"

    def __init__(self, chain, new_wallet):
        self.chain = chain
        self.creator, self.alice, self.bob, self.carol, self.mallory, self.dave = chain.accounts[:6]
        self.wallet = new_wallet(chain, self.dave)
        self.factory = products.address_of("TrainerFactory")
        self.trainer = None
        self.slots = []
        self.steps = []

    def create(self, name, settings, parameters, *, salt=0, contract=None):
        creation = self._creation(settings, parameters, salt, contract)
        receipt = self.chain.invoke(*creation, sender=self.creator)
        self.trainer = self._events(receipt)[0][1]["trainer"]
        self.slots = []
        return self._write(name, receipt.gas_used, self._events(receipt))

    def refuse_creation(self, error, settings, parameters, *, salt=0, contract=None):
        self._refuse(error, *self._creation(settings, parameters, salt, contract), sender=self.creator)

    def send(self, name, function, *args, sender, value=0, gas=None):
        receipt = self.chain.invoke(self.contract, self.trainer, function, *args, sender=sender, value=value, gas=gas)
        events = self._events(receipt)
        self.slots += [args["slot"] for _, args in events if "slot" in args]
        self._write(name, receipt.gas_used, events)
        return events

    def claim(self, name, function, entry, *args, sender):
        return self.send(name, function, entry.claim(), entry.slot, *args, sender=sender)

    def refuse(self, error, function, *args, sender, value=0):
        self._refuse(error, self.contract, self.trainer, function, *args, sender=sender, value=value)

    def refuse_claim(self, error, function, entry, *args, sender):
        self.refuse(error, function, entry.claim(), entry.slot, *args, sender=sender)

    def through_wallet(self, name, function, *args, value=0):
        receipt = self.wallet.ask(self.trainer, function, *args, value=value, contract=self.contract)
        events = self._events(receipt)
        self.slots += [args["slot"] for _, args in events if "slot" in args]
        self._write(name, receipt.gas_used, events)
        return events

    def refuse_wallet(self, error, function, *args):
        call = (self.trainer, 0, codec(self.contract).call(function, *args))
        self._refuse_sending(error, self.wallet.address, self.wallet.codec.call("execute", [call]), self.dave)

    def wait_until(self, time):
        """Set the time of the next block, in seconds from the story's beginning."""
        self.chain.travel(BEGINNING + time - 1 - self.chain.now())

    def since(self):
        """Return the time of the latest block, in seconds from the story's beginning."""
        return self.chain.now() - BEGINNING

    def _creation(self, settings, parameters, salt, contract=None):
        salt, implementation = salt.to_bytes(32, "big"), products.address_of(contract or self.contract)
        return "TrainerFactory", self.factory, "create", implementation, settings, salt, parameters

    def _refuse(self, error, contract, address, function, *args, sender, value=0):
        self._refuse_sending(error, address, codec(contract).call(function, *args), sender, value)

    def _refuse_sending(self, error, address, data, sender, value=0):
        """Check that the client refuses, then send anyway: a refusal costs equal gas everywhere too."""
        with pytest.raises(errors.ContractError) as refused:
            self.chain.send(address, data, sender=sender, value=value)
        with pytest.raises(errors.TransactionFailed) as failed:
            self.chain.send(address, data, sender=sender, value=value, gas=2_000_000)
        cause = failed.value.__cause__
        assert type(cause) is type(refused.value)
        assert type(cause).__name__ == error
        self._write(error, failed.value.receipt.gas_used, ((error, cause.figures),))

    def _events(self, receipt):
        found = []
        for log in receipt.logs:
            event = codec(self.contract).event(log) or codec("TrainerFactory").event(log)
            found.append((event.name, event.args))
        return tuple(found)

    def _write(self, name, gas, outcome):
        self.steps.append(Step(name, gas, outcome, self.state()))

    def state(self):
        if self.trainer is None:
            return ()
        read = self.chain.read
        return (
            self.chain.now(),
            self.chain.balance(self.trainer),
            tuple(read(self.contract, self.trainer, "words", 0, 3)),
            tuple((slot, read(self.contract, self.trainer, "record", slot)) for slot in self.slots),
        )


@contextmanager
def chains(contracts):
    """Yield py-evm and the other backends by name, with the same people and contracts."""
    with ExitStack() as opened:
        py_evm = opened.enter_context(dcai.local_chain("py-evm"))
        found = {"py-evm": py_evm}
        for name in OTHER_BACKENDS:
            chain = opened.enter_context(dcai.local_chain("anvil", hardfork=name.split()[-1]))
            chain.request("anvil_autoImpersonateAccount", [True])
            for person in py_evm.accounts:
                chain.request("anvil_setBalance", [person, hex(10**24)])
            chain.accounts = list(py_evm.accounts)
            found[name] = chain
        for chain in found.values():
            for contract in ("TrainerFactory", *contracts):
                products.ensure(chain, contract, sender=chain.accounts[-1])
        yield found
