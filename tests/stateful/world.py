"""A chain with people, two of whom are contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcai import Chain, Receipt
from dcai.chain.codec import Codec, codec
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.chain.reverts import decode_error
from dcai.errors import ContractError, ContractReverted, ETHTransferFailed, TransactionFailed
from dcai.trainer import products
from tests.stateful.calls import Call, Mood
from tests.support.solidity import compiled

TRAINER = codec("SparsePerceptronDRT")

ACCOUNTS = ("author", "flipper", "sybil", "creator")
WALLETS = ("hoarder", "burglar")
PEOPLE = ACCOUNTS + WALLETS

# a hundred times and more what a deposit can be, again and again
_FORTUNE = 2**112

NOTHING = "0x" + "42" * 20
"""An address without code."""

_ACCEPTS, _REFUSES, _CALLS_BACK, _CALLS_BACK_OR_REFUSES, _BURNS = range(5)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a transaction: time, receipt, and the contract's reason if it refused.

    Attributes
    ----------
    ran_out : bool
        Whether it failed, and had so little gas that this may be why.
    """

    time: int
    receipt: Receipt
    error: Exception | None
    ran_out: bool = False


class World:
    """Everybody's addresses, and transactions that are mined whether or not they succeed.

    Attributes
    ----------
    chain : Chain
    address : dict
        Who -> address in small letters, as events tell it.
    rich : bool
        Whether everybody has more than a deposit can be.
    face : Codec
        Of every trainer with the incentive that `suffix` stands for.
    """

    def __init__(self, chain: Chain, suffix: str = "DRT") -> None:
        self.chain = chain
        self._now: int | None = None
        self.face = codec(f"SparsePerceptron{suffix}")
        self.rich = chain.backend == "anvil"
        if self.rich:
            for account in chain.accounts:
                chain.request("anvil_setBalance", [account, hex(_FORTUNE)])
        self._operator = chain.accounts[-1]
        self.address = {who: chain.accounts[at] for at, who in enumerate(ACCOUNTS)}
        self.factory = products.ensure(chain, "TrainerFactory", sender=self._operator)
        self.implementations = {
            model: products.ensure(chain, f"{model}{suffix}", sender=self._operator)
            for model in ("SparsePerceptron", "AveragedPerceptron", "NaiveBayes", "SparseNearestCentroid")
        }
        self._wallet, bytecode = compiled("tests/stateful/contracts/Wallet.sol")
        for who in WALLETS:
            receipt = chain.send(None, bytecode, sender=self._operator, value=_FORTUNE // 100 if self.rich else 10**23)
            assert receipt.contract_address is not None
            self.address[who] = receipt.contract_address

    def now(self) -> int:
        """Return the time of the latest block; the node is asked once per block."""
        if self._now is None:
            self._now = self.chain.now()
        return self._now

    def travel(self, seconds: int) -> None:
        """Let time pass."""
        self.chain.travel(seconds)
        self._now = None

    def reach(self, number: int) -> None:
        """Make blocks until there is one of this number."""
        self.chain.reach(number)
        self._now = None

    def snapshot(self) -> str:
        """Remember the state."""
        return self.chain.snapshot()

    def revert(self, snapshot: str) -> None:
        """Go back to a state."""
        self.chain.revert(snapshot)
        self._now = None

    def send(self, who: str, to: str, calls: Sequence[tuple[bytes, int]], gas: int | None = None) -> Outcome:
        """Let somebody send (calldata, wei) to a contract; several at once as a contract only.

        An account may leave it so much gas more than what every transaction of its length costs; a contract leaves
        enough.
        """
        if who in WALLETS:
            together = self._wallet.call("execute", [(to, value, data) for data, value in calls])
            return self._mined(self._operator, self.address[who], together, 0)
        ((data, value),) = calls
        return self._mined(self.address[who], to, data, value, gas)

    def create_of_nothing(self, who: str) -> Outcome:
        """Let somebody create a trainer of an implementation that isn't there."""
        return self.send(who, self.factory, [(create_of_nothing(), 0)])

    def behave(self, who: str, mood: Mood, to: str) -> None:
        """Set how a contract takes money from now on."""
        if mood.back is None:
            number, data, value = _BURNS if mood.burns else _REFUSES if mood.refuses else _ACCEPTS, b"", 0
        else:
            number, data, value = (
                _CALLS_BACK if mood.tolerant else _CALLS_BACK_OR_REFUSES,
                calldata(mood.back, self.face),
                mood.back.value,
            )
        back = self._wallet.call("behave", number, (to, value, data), mood.with_data)
        assert self._mined(self._operator, self.address[who], back, 0).error is None

    def force(self, to: str, amount: int) -> None:
        """Force money on a contract: PUSH20 address, SELFDESTRUCT."""
        self.chain.send(
            None,
            b"\x73" + bytes.fromhex(to[2:]) + b"\xff",
            sender=self._operator,
            value=amount,
            gas=TRANSACTION_GAS_LIMIT,
        )
        self._now = None

    def look(self, to: str, questions: Sequence[bytes], whose: Sequence[str]) -> tuple[list[bytes], list[int]]:
        """Return a contract's answers, and balances: all in one request."""
        look = self._wallet.call("look", to, questions, whose)
        answer = self.chain.call(self.address[WALLETS[0]], look, sender=self._operator)  # who asks may pay for gas
        answers, balances = self._wallet.result("look", answer)
        return answers, balances

    def called_back(self, receipt: Receipt) -> list[Exception | None]:
        """Return how it went when a contract called back: None, or why it was refused. None may be left with too little
        gas.
        """
        events = [event for event in map(self._wallet.event, receipt.logs) if event is not None]
        assert all(event.name != "Starved" for event in events), events
        return [None if event.args["ok"] else self._error(event.args["answer"]) for event in events]

    def _error(self, answer: bytes) -> Exception:
        return decode_error(answer) or ContractReverted(f"0x{answer.hex()}" if answer else "no reason")

    def _mined(self, sender: str, to: str, data: bytes, value: int, gas: int | None = None) -> Outcome:
        error, ran_out = None, False
        limit = TRANSACTION_GAS_LIMIT if gas is None else min(intrinsic(data) + gas, TRANSACTION_GAS_LIMIT)
        try:
            receipt = self.chain.send(to, data, sender=sender, value=value, gas=limit)
        except TransactionFailed as failed:
            assert failed.receipt is not None
            receipt, error = failed.receipt, failed.__cause__
            ran_out = gas is not None and (not isinstance(error, ContractError) or isinstance(error, ETHTransferFailed))
            assert ran_out or isinstance(error, ContractReverted), f"{failed} ({error!r})"
        self._now = self.chain.time_of(receipt.block_number)
        return Outcome(self._now, receipt, error, ran_out)


def create_of_nothing() -> bytes:
    """Return the calldata that asks the factory for a trainer of an implementation that isn't there."""
    return codec("TrainerFactory").call("create", NOTHING, bytes(44), bytes(32), b"")


def intrinsic(data: bytes) -> int:
    """Return the least gas that a node takes for a transaction (EIP-7623)."""
    return 21_000 + 10 * (4 * len(data) - 3 * data.count(0))


def calldata(call: Call, face: Codec = TRAINER) -> bytes:
    """Return a call as the contract reads it."""
    if call.function == "multicall":
        return face.call("multicall", [calldata(inner, face) for inner in call.args[0]])
    return face.call(call.function, *call.args)
