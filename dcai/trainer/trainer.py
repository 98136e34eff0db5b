"""A trainer: one deployed shared model, as an object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic

from typing_extensions import TypeVar

from dcai import plugins
from dcai.amounts import Amount
from dcai.chain.call import Call
from dcai.chain.chain import Chain
from dcai.chain.contract import Contract
from dcai.chain.receipts import Receipt
from dcai.errors import InvalidInput
from dcai.incentives.base import Incentive
from dcai.trainer.audit import Audit, audit
from dcai.trainer.batches import Batch, Batched
from dcai.trainer.contributing import check_funds, contribute_each
from dcai.trainer.contribution import Contribution, Quote
from dcai.trainer.inputs import Inputs, Unusable
from dcai.trainer.labels import Labels
from dcai.trainer.log import Entry, History, begins
from dcai.trainer.prepare import Calls
from dcai.trainer.sending import author, send
from dcai.trainer.settings import Deployed
from dcai.trainer.slots import Slots
from dcai.trainer.view import TrainerView
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.accounts.account import Account
    from dcai.encoders import Coding

C = TypeVar("C", bound=Contribution, covariant=True, default=Contribution)
H = TypeVar("H", bound=History, covariant=True, default=History)


class Trainer(TrainerView, Generic[C, H]):
    """One deployed shared model. Made by `deploy` and `attach`, as the class that goes with its incentive.

    What all incentives have in common; what people can do with their contributions is in the classes that derive from
    this, one per incentive: ``class DepositTrainer(Trainer[DepositContribution, DepositHistory], incentive=…)``, with
    their `contribution_type` and `history_type`, and the calls that `prepare` returns.

    A trainer doesn't change, and making one asks the node nothing. What changes with time is in the chain, in `slots`
    and in `classes`, which threads can share.

    Parameters
    ----------
    chain
        Where it is.
    deployed
        What its code says.
    encoder
        None where the creator published none; or why what was published can't be used.
    labels
        The classes that it has now; by default those that it was made with.
    deploy_gas, first_block
        See below.

    Attributes
    ----------
    chain : Chain
    address : str
    creator : str
    name : str
    labels : tuple of str
        The names of the classes.
    incentive : Incentive
    encoder : Coding or None
        What makes samples of inputs, as published; its `estimator()` is scikit-learn's transformer. Where there is
        none, contribute feature indices, or vectors of signed bytes, instead of texts and rows.
    deploy_gas : int
        What the deployment used; 0 where the trainer was attached to.
    first_block : int
        Where its log begins, or before: it is read back from the latest block until it begins.
    contract : Contract
        Its calls, answers and events, for incentives of one's own.
    inputs : Inputs
        Makes samples of inputs.
    classes : Labels
        The classes that are known, and what asks for them again.
    slots : Slots
        Slots of finished contributions that the next ones use again: see `find_slots`.

    Notes
    -----
    Every method that sends raises `ContractError` (a subclass named for the reason) where the contract refuses, before
    anything is sent, and `NodeError` where the node can't be reached. `prepare` has the same methods, which return a
    `Call` and send nothing.
    """

    contribution_type: type[C]
    history_type: type[H]

    _kinds: ClassVar[dict[type[Incentive], type[Trainer]]] = {}

    def __init_subclass__(cls, *, incentive: type[Incentive] | None = None) -> None:
        """Make known which trainers have an incentive."""
        super().__init_subclass__()
        if incentive is not None:
            Trainer._kinds[incentive] = cls

    @staticmethod
    def of(incentive: type[Incentive]) -> type[Trainer]:
        """Return the class of the trainers that have an incentive.

        Raises
        ------
        InvalidInput
            If there is none.
        """
        plugins.room(incentive, "trainer")
        if incentive not in Trainer._kinds:
            raise InvalidInput(
                f"No trainer goes with {incentive.__name__}; write a class …(Trainer, incentive={incentive.__name__})."
            )
        return Trainer._kinds[incentive]

    def __init__(
        self,
        chain: Chain,
        deployed: Deployed,
        *,
        encoder: Coding | Unusable | None = None,
        labels: Iterable[str] | None = None,
        deploy_gas: int = 0,
        first_block: int = 0,
    ) -> None:
        settings = deployed.settings
        contract = Contract(chain, deployed.contract, deployed.address)
        classes = Labels(contract, settings, settings.classes if labels is None else labels)
        super().__init__(contract, settings, Inputs(deployed, encoder), classes)
        self.chain: Final = chain
        self.address: Final = deployed.address
        self.creator: Final = deployed.creator
        self.name: Final = settings.name
        self.incentive: Any = settings.incentive
        self.deploy_gas: Final = deploy_gas
        self.first_block: Final = first_block
        self.slots: Final = Slots()

    def __repr__(self) -> str:
        return f"<Trainer {self.name!r} at {self.address} on {self.chain.backend}>"

    @property
    def prepare(self) -> Calls:
        """The calls that the trainer takes, prepared and not sent."""
        return Calls(self)

    # Prices

    def quote(self, data: object = None, *, many: Iterable[object] | None = None, skip_unknown: bool = False) -> Quote:
        """Return what a contribution costs.

        Parameters
        ----------
        data
            The input to contribute; left out, one of an ordinary size, or as many as a contribution has at least.
        many
            The inputs of a batch, instead.
        skip_unknown
            As for `contribute_many`.

        Raises
        ------
        InvalidInput
            If an input can't be a sample, one and many are given, or unknown ones of one are to be skipped.
        """
        if many is not None and data is not None:
            raise InvalidInput(f"quote takes one input or many=…, not both: leave out {shortened(data)}, or many=….")
        if many is None and skip_unknown:
            raise InvalidInput("skip_unknown=True is for many=…: give a list of inputs there, or leave it out.")
        skipped: tuple[int, ...] = ()
        sizes = (1,) * self.incentive.least_samples
        if many is not None:
            rows = self.inputs.contributed(many, skip_unknown=skip_unknown)
            sizes, skipped = self.inputs.sizes(rows.samples), rows.skipped
        elif data is not None:
            sizes = self.inputs.sizes([self.inputs.sample(data)])
        self.incentive.check_count(len(sizes))
        return Quote.of(self, sizes, skipped)

    def price(self, sizes: tuple[int, ...], *, elapsed: int) -> int:
        """Return what samples with so many features each cost together in the next block, wei, to the unit.

        Parameters
        ----------
        sizes
            The number of features of each sample.
        elapsed
            Seconds from the last contribution to that block.
        """
        return int(self.incentive.price(elapsed, sizes))

    def highest_price(self, sizes: tuple[int, ...]) -> int:
        """Return what suffices for them if somebody else contributes just before: what is sent by default."""
        return self.price(sizes, elapsed=0)

    # The log

    def contributions(self) -> list[C]:
        """Return every contribution there is, in its current state, from the log."""
        return [self.contribution_type(self, entry) for entry in self.history().entries.values()]

    def contribution(self, number: int) -> C:
        """Return one contribution by its number.

        Raises
        ------
        InvalidInput
            If there is none.
        """
        entry = None if isinstance(number, bool) else self.history().entries.get(number)
        if entry is None:
            raise InvalidInput(f"There is no contribution {number} at {self.address}.")
        return self.contribution_type(self, entry)

    def history(self) -> H:
        """Return the log, replayed."""
        return self._history(self.chain.block_number())

    def audit(self) -> Audit:
        """Replay the log through the twin and compare with the contract, word for word.

        Parameters, records, what the incentive counts, and the balance against what is owed, as of the latest block.
        """
        block = self.chain.block_number()
        history = self._history(block)
        settings = self._settings
        labels = settings.all_classes("\n".join((settings.name, *settings.labels, *history.added)))
        model = self.inputs.twin.from_parameters(settings.model, history.parameters, labels)
        return audit(self.contract, history, model, block)

    def find_slots(self) -> int:
        """Look in the log for slots at which nothing can be claimed any more; return how many there are.

        The next contributions use them again, which costs less gas than new ones.

        Slots that contributions of this object have freed are known without it.
        """
        entries = self.history().entries.values()
        last = {entry.slot: entry for entry in entries}  # a slot may have been used again
        now = self.chain.now()
        self.slots.replace(slot for slot, entry in last.items() if entry.is_free(now))
        return len(self.slots)

    def _history(self, block: int) -> H:
        history = self.history_type(self.incentive, self.inputs.blank())
        logs = self.chain.logs(self.address, first_block=self.first_block, last_block=block, begins=begins)
        events = [event for log in logs if (event := self.contract.event(log)) is not None]
        blocks = {event.block_number for event in events if event.name in history.timed}
        history.extend(events, {block: self.chain.time_of(block) for block in blocks})
        return history

    # Sending

    def send(self, call: Call, sender: str | Account | None = None) -> Receipt:
        """Send a call; from the chain's first account where no other is given."""
        return send(self.chain, self.chain.account(sender), call)

    def add_class(self, name: str, *, gas: int | None = None) -> None:
        """Add a class, as the creator; it has no sample yet, and wins nothing until it has.

        Raises
        ------
        InvalidInput
            If there is no room (see the model's `max_classes`), a class has the name, or it isn't one line of text.
        """
        self.send(self.prepare.add_class(name, gas=gas), self.creator)
        self.classes.refresh()

    def contribute(
        self,
        data: object,
        label: str | int,
        *,
        sender: str | Account | None = None,
        deposit_wei: Amount | None = None,
        gas: int | None = None,
        force: bool = False,
    ) -> C:
        """Contribute one input with its label.

        Parameters
        ----------
        data
            A text or a row, whatever the encoder takes; feature indices or a vector of signed bytes where there is
            none.
        label
            The class: its name or number.
        sender
            The account that pays and becomes the author, or its address; by default the chain's first account.
        deposit_wei
            What to pay in: wei, or text such as "1 gwei"; by default what `quote` says.
        gas
            The gas limit. Left out, the node tries the transaction out first: one that would be refused isn't sent.
        force
            Pay in even more than ten times what `quote` says, which otherwise is refused.

        Raises
        ------
        InvalidInput
            If the input holds nothing to encode or the label is unknown.
        """
        number = self.classes.number(label)
        return self._contribute([self.inputs.sample(data)], [number], sender, deposit_wei, gas, force)

    def contribute_many(
        self,
        data: Iterable[object],
        labels: Iterable[str | int],
        *,
        sender: str | Account | None = None,
        deposit_wei: Amount | None = None,
        skip_unknown: bool = False,
        force: bool = False,
        progress: bool = True,
    ) -> Batched[C]:
        """Contribute many inputs, in batches of as many as a transaction holds: the cheapest way to train.

        Parameters
        ----------
        data, labels
            As many of one as of the other: lists, tables, or what gives one after the other. Everything is encoded
            before anything is sent.
        sender
            The account that pays and becomes the author, or its address; by default the chain's first account.
        deposit_wei, force
            As of `contribute`, for each sample.
        skip_unknown
            Leave out inputs in which nothing is known; otherwise one such input keeps all from being sent.
        progress
            Show a progress bar.

        Returns
        -------
        Batched
            A list with one contribution per batch; a sample that is left over, or fills a transaction, is one of its
            own. Its `skipped` are the rows that were left out.

        Raises
        ------
        InvalidInput, InsufficientFunds
            If a row can't be contributed, or deposits and gas of all batches can't be paid; nothing was sent.
        PartlyContributed
            If a later batch fails: what was made before it stands, and is in `contributions`.
        """
        batches = self.prepare.batches(data, labels, skip_unknown=skip_unknown)
        calls = [self.prepare.batch(*one[:2], deposit_wei=deposit_wei, force=force) for one in batches]
        if calls:
            sender = self.chain.account(sender)
            check_funds(self.chain, sender, calls, sum(len(one.rows) for one in batches))

        def contribute(one: Batch) -> C:
            return self._contribute(one.samples, one.labels, sender, deposit_wei, None, force)

        return contribute_each(batches, contribute, progress=progress)

    def _author(self, entry: Entry, sender: str | Account | None) -> Account:
        """Return the account that sends what only a contribution's author may: by default one of the chain's."""
        return author(self.chain, entry, sender)

    def _contribute(
        self,
        samples: Sequence[bytes],
        numbers: Sequence[int],
        sender: str | Account | None,
        deposit_wei: Amount | None,
        gas: int | None,
        force: bool,
    ) -> C:
        with self.slots.taken() as slot:
            call = self.prepare.batch(samples, numbers, slot, deposit_wei=deposit_wei, gas=gas, force=force)
            receipt = self.send(call, sender)
        receipt, (event, *_) = self.contract.shown(receipt, "Contributed")
        entry = self.history_type.entry_type.of(event.args, self.incentive)
        return self.contribution_type(self, entry, receipt)
