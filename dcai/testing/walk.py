"""People at one trainer who contribute and claim at random, whatever its incentive, and what must always hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from dcai import artifacts
from dcai.chain import Call, Chain, Receipt
from dcai.chain.execution import TRANSACTION_GAS_LIMIT
from dcai.durations import Duration, seconds
from dcai.errors import ContractReverted, TransactionFailed
from dcai.incentives import Incentive
from dcai.models.twins import Twin
from dcai.samples import BATCH
from dcai.testing.pair import naming
from dcai.testing.samples import Samples
from dcai.trainer.deploy import deploy
from dcai.trainer.log import ContributionTuple, Entry
from dcai.trainer.products import product_of
from dcai.trainer.trainer import Trainer

Prepare = Callable[[Trainer], None]

_CONTRIBUTION = ["id", "author", "time", "deposit", "label", "sample"]
_LARGEST_BATCH = 5
_HUGE = 2**256 - 1
_NOBODY = "0x000000000000000000000000000000000000dEaD"


class Walk:
    """A trainer with an incentive, and people at it.

    Parameters
    ----------
    chain : Chain
        Its first account is the creator, the next three contribute and claim; the fifth never contributes.
    model : Twin
        A fitted twin.
    samples : Samples
    incentive : Incentive
    prepare : callable
        Something the creator does before people contribute.
    """

    def __init__(self, chain: Chain, model: Twin, samples: Samples, incentive: Incentive, prepare: Prepare) -> None:
        self.chain, self.samples, self.incentive = chain, samples, incentive
        self.random = samples.random
        self.creator, *self.people, self.stranger = chain.accounts[:5]
        self.contract = product_of(model, incentive).contract
        self.trainer: Trainer = deploy(chain, model, incentive, name="Walk", salt=chain.block_number())
        self.claims = _claims(self.contract)
        self.closings = _closings(self.contract)
        self.done: Counter[str] = Counter()
        prepare(self.trainer)

    def step(self, patience: Duration) -> None:
        """Somebody does something, or time passes: up to `patience`, mostly much less."""
        choice = self.random.random()
        if choice < 0.35 or not self.entries():
            self.contribute()
        elif choice < 0.55:
            self.chain.travel(1 + int(self.random.random() ** 6 * seconds(patience)))
        else:
            person = str(self.random.choice([self.creator, *self.people, self.stranger]))
            self.claim(self._picked(), person)

    def entries(self) -> list[Entry]:
        """Return what was contributed so far."""
        return list(self.trainer.history().entries.values())

    def contribute(self) -> Receipt | None:
        """Let somebody contribute a sample or a batch and name any slot; None where it is refused."""
        before = {entry.slot: entry for entry in self.entries()}
        records = {slot: self._record(slot) for slot in before}
        size = 1 if self.random.random() < 0.6 else int(self.random.integers(2, _LARGEST_BATCH + 1))
        packed = [self.samples.packed(self.samples.features()) for _ in range(size)]
        labels = self.random.integers(len(self.trainer.labels), size=size).tolist()
        slots = [0, *before, len(before) + 1, _HUGE]
        slot = slots[self.random.integers(len(slots))]
        call = self.call_of(packed, labels, slot, value=self.price(packed))
        receipt = self.try_call(call, sender=str(self.random.choice(self.people)))
        if receipt is not None:
            self.done["contribute"] += 1
            now = self.chain.time_of(receipt.block_number)
            for slot, entry in before.items():
                live = not entry.is_free(now)
                assert not live or self._record(slot) == records[slot], (
                    f"the live record at slot {slot} was overwritten"
                )
        return receipt

    def call_of(self, packed: list[bytes], labels: list[int], slot: int = 0, *, value: int) -> Call:
        """Return the call that contributes samples and pays an amount."""
        return replace(self.trainer.prepare.batch(packed, labels, slot, deposit_wei=0, force=True), value=value)

    def price(self, packed: list[bytes]) -> int:
        """Return what samples cost in the next block, each an equal part."""
        _, _, last = self.trainer.contract.read("progress")
        sizes = tuple(self.trainer.model().size_of(sample) for sample in packed)
        price = self.trainer.price(sizes, elapsed=self.chain.now() + 1 - last)
        return -(-price // len(packed)) * len(packed)

    def claim(self, entry: Entry, person: str) -> bool:
        """Let somebody try every claim on a contribution; tell whether one was accepted."""
        worked = [self.try_call(call, sender=person) is not None for call in self.claims_of(entry.claim(), entry.slot)]
        for (name, _), one in zip(self.claims, worked, strict=True):
            self.done[name] += one
        return any(worked)

    def claim_of_a_stranger(self, entry: Entry, when: str) -> None:
        """Let the stranger try every claim on a contribution: each is refused, or pays only its author."""
        for call in self.claims_of(entry.claim(), entry.slot):
            before = self._purses(entry.author)
            receipt = self.try_call(call, sender=self.stranger)
            if receipt is None:
                continue
            after = self._purses(entry.author)
            contract, author, stranger = (now - then for now, then in zip(after, before, strict=True))
            what = f"a stranger claims contribution {entry.id} {when}: {call.what}"
            assert stranger + (receipt.fee_wei or 0) == 0, f"{what} changes what the stranger has"
            assert author > 0, f"{what} pays its author nothing"
            assert author == -contract, f"{what} pays somebody other than its author"

    def claims_of(self, claim: ContributionTuple, slot: int) -> list[Call]:
        """Return every call that claims something of a contribution, for all samples of a batch."""
        label, sample = claim[4:]
        everything = (1 << sample[0] + 1) - 1 if label == BATCH and sample else 1
        return [self.trainer.contract.call(name, claim, slot, *[everything] * more) for name, more in self.claims]

    def forged(self, entry: Entry, person: str) -> dict[str, tuple[ContributionTuple, int]]:
        """Return claims of a contribution that was never made, by what is wrong with each."""
        wrong: dict[str, Entry] = {
            "id": replace(entry, id=entry.id + 1),
            "time": replace(entry, time=entry.time - 1),
            "deposit": replace(entry, deposit_wei=entry.deposit_wei + 1),
            "deposit beyond 96 bits": replace(entry, deposit_wei=entry.deposit_wei + (1 << 96)),
            "label": replace(entry, label=1 - entry.label if entry.label < 2 else 0),
            "sample": replace(entry, sample=entry.sample + b"\0"),
        }
        if person != entry.author:
            wrong["author"] = replace(entry, author=person)
        return {name: (one.claim(), one.slot) for name, one in wrong.items()} | {
            "slot": (entry.claim(), entry.slot + 1)
        }

    def try_call(self, call: Call, *, sender: str) -> Receipt | None:
        """Send a call, if the contract accepts it, and see where the money went; None where it is refused."""
        try:
            self.chain.call(call.to, call.data, sender=sender, value=call.value)
        except ContractReverted:
            return None  # most are refused, and whoever is refused hasn't sent anything
        before = self.money()
        receipt = self.trainer.send(call, sender)
        assert self.money() + (receipt.fee_wei or 0) == before, f"{call.what} makes money, or loses some"
        self.look(f"after {call.what}")
        return receipt

    def refused_when_sent(self, call: Call, *, sender: str) -> None:
        """Send a call that must fail, and see that it has no effect but its fee."""
        before = self._world(), self.chain.balance(sender)
        try:
            self.trainer.send(call.with_gas(TRANSACTION_GAS_LIMIT), sender)
        except TransactionFailed as failed:
            receipt = failed.receipt
        else:
            raise AssertionError(f"{call.what} isn't refused")
        assert receipt is not None
        after = self._world(), self.chain.balance(sender) + (receipt.fee_wei or 0)
        assert after == before, f"{call.what} is refused, but leaves a trace"

    def look(self, when: str) -> None:
        """Compare the contract with its log, and what it has with what it owes."""
        with naming(when):
            audit = self.trainer.audit()
            assert audit.ok, f"an audit finds: {' '.join(audit.problems)}"
            assert audit.balance_wei >= audit.owed_wei

    def money(self) -> int:
        """Return what everybody has together, the contract and the burn address included, wei."""
        everybody = [self.trainer.address, self.creator, *self.people, self.stranger, _NOBODY]
        return sum(self.chain.balance(one) for one in everybody)

    def settle(self, patience: Duration) -> list[Entry]:
        """Let all deadlines pass, and everybody claim all they can; return the contributions that aren't finished."""
        for _ in range(3):
            self.chain.travel(patience)
            for person in (self.creator, self.stranger):
                for name in self.closings:
                    self.try_call(self.trainer.contract.call(name), sender=person)
            for entry in self.entries():
                for person in (self.creator, *self.people, self.stranger):
                    self.claim(entry, person)
        now = self.chain.now()
        last = {entry.slot: entry for entry in self.entries()}
        return [entry for entry in last.values() if entry.open and not entry.is_free(now)]

    def _picked(self) -> Entry:
        entries = self.entries()
        return entries[self.random.integers(len(entries))]

    def _record(self, slot: int) -> int:
        return int(self.trainer.contract.read("record", slot))

    def _purses(self, author: str) -> tuple[int, int, int]:
        return self.chain.balance(self.trainer.address), self.chain.balance(author), self.chain.balance(self.stranger)

    def _world(self) -> tuple[object, ...]:
        history = self.trainer.history()
        asked = [one.question for one in history.expectations()]
        return (
            self.chain.balance(self.trainer.address),
            self.trainer.contract.read("words", 0, 4),
            [self._record(entry.slot) for entry in history.entries.values()],
            [self.trainer.contract.read(*question) for question in asked],
        )


def _claims(contract: str) -> list[tuple[str, int]]:
    """Return the functions of a contract that claim something of a contribution, and how many arguments follow."""
    found = []
    for item in artifacts.load(contract)["abi"]:
        inputs = item.get("inputs", [])
        names = [one["name"] for one in inputs[0].get("components", [])] if inputs else []
        if item["type"] == "function" and names == _CONTRIBUTION and inputs[1]["name"] == "slot":
            found.append((item["name"], len(inputs) - 2))
    return found


def _closings(contract: str) -> list[str]:
    """Return the functions of a contract that change something and take no argument: they pay out the rest."""
    return [
        item["name"]
        for item in artifacts.load(contract)["abi"]
        if item["type"] == "function" and not item["inputs"] and item["stateMutability"] == "nonpayable"
    ]
