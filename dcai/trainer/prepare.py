"""Calls to a trainer, prepared and not sent: what any account can sign, now or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dcai.chain.call import Call
from dcai.errors import InvalidInput
from dcai.samples import pack_batch
from dcai.trainer.batches import batches
from dcai.trainer.contribution import Contribution, entry_of
from dcai.trainer.log import Entry
from dcai.trainer.slots import NEW

if TYPE_CHECKING:
    from dcai.trainer.trainer import Trainer


class Calls:
    """The calls that a trainer takes, whatever its incentive; each incentive's own come in a class that derives.

    Nothing here sends anything. What one gets can be sent by any account: ``account.send(call)``.
    """

    def __init__(self, trainer: Trainer[Any, Any]) -> None:
        self._trainer = trainer

    def add_class(self, name: str, *, gas: int | None = None) -> Call:
        """Return the call that adds a class, for the creator: see `Trainer.add_class`."""
        trainer = self._trainer
        trainer.classes.refresh()
        trainer.inputs.blank(trainer.labels).add_class(name)  # which refuses a name that the contract would refuse
        return trainer.contract.call("addClass", name, gas=gas, what=f"Add the class {name!r} to {trainer.name!r}")

    def contribute(
        self, data: Any, label: str | int, *, deposit_wei: int | None = None, gas: int | None = None
    ) -> Call:
        """Return the call that contributes one input with its label: see `Trainer.contribute`."""
        trainer = self._trainer
        number, sample = trainer.classes.number(label), trainer.inputs.sample(data)
        (slot,) = trainer.slots.next()
        return self.batch([sample], [number], slot, deposit_wei=deposit_wei, gas=gas)

    def contribute_many(
        self, data: Sequence[Any], labels: Sequence[str | int], *, deposit_wei: int | None = None
    ) -> list[Call]:
        """Return the calls that contribute many inputs, in batches: see `Trainer.contribute_many`."""
        groups = self.batches(data, labels)
        slots = self._trainer.slots.next(len(groups))
        return [self.batch(*group, slot, deposit_wei=deposit_wei) for group, slot in zip(groups, slots, strict=True)]

    def batches(self, data: Sequence[Any], labels: Sequence[str | int]) -> list[tuple[list[bytes], list[int]]]:
        """Return inputs as samples and labels as numbers, as many together as a transaction holds.

        Raises
        ------
        InvalidInput
            If there aren't as many labels as inputs, an input holds nothing to encode, or a label is unknown.
        """
        if len(data) != len(labels):
            raise InvalidInput(f"There are {len(data)} inputs and {len(labels)} labels; give one label per input.")
        trainer = self._trainer
        samples, numbers = trainer.inputs.samples(data), [trainer.classes.number(label) for label in labels]
        model, incentive = trainer.inputs.blank(trainer.labels), trainer.incentive
        ranges = batches(model, samples, numbers, claim_gas=incentive.claim_gas, most_bytes=incentive.batch_bytes)
        return [(samples[start:end], numbers[start:end]) for start, end in ranges]

    def batch(
        self,
        samples: Sequence[bytes],
        labels: Sequence[int],
        slot: int = NEW,
        *,
        deposit_wei: int | None = None,
        gas: int | None = None,
    ) -> Call:
        """Return the call that contributes samples, as the contract takes them, in one transaction.

        Parameters
        ----------
        samples, labels
            One or more, as many of one as of the other.
        slot
            Of a finished contribution, to be used again.
        deposit_wei
            What to pay in for each; by default enough for the highest price there is.
        """
        trainer = self._trainer
        each = self._deposit(samples) if deposit_wei is None else deposit_wei
        value = each * len(samples)
        args: list[Any]
        if len(samples) == 1:
            function, args = "contribute", [samples[0], labels[0], slot]
            what = f"1 sample labelled {trainer.labels[labels[0]]!r}"
        else:
            function, args = "contributeBatch", [pack_batch(samples, labels), slot]
            what = f"{len(samples)} samples"
        paying = f" with a deposit of {value} wei" if value else ""
        return trainer.contract.call(
            function, *args, value=value, gas=gas, what=f"Contribute {what}{paying} to {trainer.name!r}"
        )

    def _entry(self, contribution: Contribution) -> Any:
        return entry_of(contribution, self._trainer)

    def _claim(self, function: str, verb: str, entry: Entry, *args: Any, gas: int | None = None) -> Call:
        """Return the call that claims something of a contribution."""
        what = f"{verb} contribution {entry.id} of {self._trainer.name!r}"
        return self._trainer.contract.call(function, entry.claim(), entry.slot, *args, gas=gas, what=what)

    def _deposit(self, samples: Sequence[bytes]) -> int:
        """Return what a sample costs at most."""
        trainer = self._trainer
        return -(-trainer.highest_price(trainer.inputs.sizes(samples)) // len(samples))
