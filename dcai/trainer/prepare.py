"""Calls to a trainer, prepared and not sent: what any account can sign, now or elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from dcai.amounts import Amount, wei
from dcai.chain.call import Call
from dcai.errors import InvalidInput, TooLarge
from dcai.samples import pack_batch
from dcai.trainer.batches import Batch, Batched, batches, most_gas, turns
from dcai.trainer.contribution import Contribution, entry_of
from dcai.trainer.inputs import listed
from dcai.trainer.log import Entry
from dcai.trainer.slots import NEW

if TYPE_CHECKING:
    from dcai.trainer.trainer import Trainer

# a deposit so many times the highest price is a slip: wei for gwei, ether for wei
_FAR_MORE = 10


class Calls:
    """The calls that a trainer takes, whatever its incentive; each incentive's own come in a class that derives.

    Nothing here sends anything. What one gets can be sent by any account: ``account.send(call)``.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def add_class(self, name: str, *, gas: int | None = None) -> Call:
        """Return the call that adds a class, for the creator: see `Trainer.add_class`."""
        trainer = self._trainer
        trainer.classes.check_new(name)
        trainer.inputs.blank(trainer.labels).add_class(name)  # which refuses a name that the contract would refuse
        return trainer.contract.call("addClass", name, gas=gas, what=f"Add the class {name!r} to {trainer.name!r}")

    def contribute(
        self,
        data: object,
        label: str | int,
        *,
        deposit_wei: Amount | None = None,
        gas: int | None = None,
        force: bool = False,
    ) -> Call:
        """Return the call that contributes one input with its label: see `Trainer.contribute`."""
        trainer = self._trainer
        number, sample = trainer.classes.number(label), trainer.inputs.sample(data)
        (slot,) = trainer.slots.next()
        return self.batch([sample], [number], slot, deposit_wei=deposit_wei, gas=gas, force=force)

    def contribute_many(
        self,
        data: Iterable[object],
        labels: Iterable[str | int],
        *,
        deposit_wei: Amount | None = None,
        skip_unknown: bool = False,
        force: bool = False,
    ) -> Batched[Call]:
        """Return the calls that contribute many inputs, in batches: see `Trainer.contribute_many`."""
        groups = self.batches(data, labels, skip_unknown=skip_unknown)
        slots = self._trainer.slots.next(len(groups))
        calls = (
            self.batch(group.samples, group.labels, slot, deposit_wei=deposit_wei, force=force)
            for group, slot in zip(groups, slots, strict=True)
        )
        return Batched(calls, groups.skipped)

    def batches(
        self, data: Iterable[object], labels: Iterable[str | int], *, skip_unknown: bool = False
    ) -> Batched[Batch]:
        """Return inputs as samples and labels as numbers, as many together as a transaction holds.

        Parameters
        ----------
        skip_unknown
            Leave out inputs in which nothing is known: `skipped` of the result has their rows.

        Raises
        ------
        InvalidInput
            If there aren't as many labels as inputs, an input holds nothing to encode, or a label is unknown; the
            sentence names the row, counted from 1. If the trainer takes batches of some size only, and the rows can't
            be divided into such.
        """
        inputs, given = self._trainer.inputs.listed(data), listed(labels, "labels")
        if len(inputs) != len(given):
            raise InvalidInput(f"There are {len(inputs)} inputs and {len(given)} labels; give one label per input.")
        trainer = self._trainer
        of_rows = trainer.classes.numbers(given)
        samples, rows, skipped = trainer.inputs.contributed(inputs, skip_unknown=skip_unknown)
        numbers = [of_rows[row - 1] for row in rows]
        model, incentive = trainer.inputs.blank(trainer.labels), trainer.incentive
        for row, size in zip(rows, trainer.inputs.sizes(samples), strict=True):
            try:
                incentive.price(0, (size,))
            except TooLarge as error:
                error.args = (f"Row {row} of {len(inputs)}: {error}",)
                raise
        least, most_bytes = incentive.least_samples, incentive.batch_bytes
        if least == 1:
            ranges = batches(model, samples, numbers, claim_gas=incentive.claim_gas, most_bytes=most_bytes)
        else:
            incentive.check_count(len(samples))
            ranges = turns(model, samples, numbers, least=least, most_bytes=most_bytes)
        return Batched((Batch(samples[a:b], numbers[a:b], rows[a:b]) for a, b in ranges), skipped)

    def batch(
        self,
        samples: Sequence[bytes],
        labels: Sequence[int],
        slot: int = NEW,
        *,
        deposit_wei: Amount | None = None,
        gas: int | None = None,
        force: bool = False,
    ) -> Call:
        """Return the call that contributes samples, as the contract takes them, in one transaction.

        Parameters
        ----------
        samples, labels
            One or more, as many of one as of the other.
        slot
            Of a finished contribution, to be used again.
        deposit_wei
            What to pay in for each: wei, or text such as "1 gwei"; by default enough for the highest price there is.
        force
            Pay even more than ten times as much.
        """
        trainer = self._trainer
        trainer.incentive.check_count(len(samples))
        each = self._deposit(samples, deposit_wei, force=force)
        value = each * len(samples)
        args: list[Any]
        if len(samples) == 1:
            function, args = "contribute", [samples[0], labels[0], slot]
            what = f"1 sample labelled {trainer.labels[labels[0]]!r}"
        else:
            function, args = "contributeBatch", [pack_batch(samples, labels), slot]
            what = f"{len(samples)} samples"
        # what the model says of them may change until then, and learning is dearer than agreeing
        most = most_gas(trainer.inputs.blank(trainer.labels), samples, labels) if gas is None else 0
        paying = f" with a deposit of {value} wei" if value else ""
        return trainer.contract.call(
            function,
            *args,
            value=value,
            gas=gas,
            what=f"Contribute {what}{paying} to {trainer.name!r}",
            most_gas=most,
        )

    def _entry(self, contribution: Contribution) -> Any:
        return entry_of(contribution, self._trainer)

    def _claim(self, function: str, verb: str, entry: Entry, *args: object, gas: int | None = None) -> Call:
        """Return the call that claims something of a contribution."""
        what = f"{verb} contribution {entry.id} of {self._trainer.name!r}"
        return self._trainer.contract.call(function, entry.claim(), entry.slot, *args, gas=gas, what=what)

    def _deposit(self, samples: Sequence[bytes], given: Amount | None, *, force: bool) -> int:
        """Return what to pay for each sample: by default what it costs at most.

        Raises
        ------
        InvalidInput
            If what is given isn't an amount, or is more than ten times as much and not forced.
        """
        if given is not None and force:
            return wei(given, "A deposit")
        trainer = self._trainer
        most = -(-trainer.highest_price(trainer.inputs.sizes(samples)) // len(samples))
        if given is None:
            return most
        each = wei(given, "A deposit")
        if most and each > _FAR_MORE * most:
            raise InvalidInput(
                f"A deposit of {each} wei is more than {_FAR_MORE} times the {most} wei that a sample costs at most; "
                "leave it out, or give force=True to pay as much."
            )
        return each
