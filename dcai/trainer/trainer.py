"""A trainer: one deployed shared model, as an object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import index
from typing import Any, ClassVar, Generic, TypeVar

from rich.progress import track

from dcai.chain.addresses import checked_address
from dcai.chain.chain import Chain, Receipt
from dcai.chain.codec import Event, codec
from dcai.encoders import Coding
from dcai.errors import InvalidInput, UnknownLabel
from dcai.incentives.base import Incentive
from dcai.models.twins import Explanation, Twin
from dcai.samples import pack_batch
from dcai.trainer import products
from dcai.trainer.audit import Audit, audit
from dcai.trainer.batches import batches
from dcai.trainer.contribution import Contribution, Quote
from dcai.trainer.log import History

C = TypeVar("C", bound=Contribution)
H = TypeVar("H", bound=History[Any])


class Trainer(Generic[C, H]):
    """One deployed shared model. Made by `deploy` and `attach`, as what goes with its incentive.

    What all incentives have in common; what people can do with their contributions is in the classes that derive from
    this, one an incentive: ``class DepositTrainer(Trainer[DepositContribution, DepositHistory], incentive=…)``, with
    their `contribution_type` and `history_type`.

    Attributes
    ----------
    chain : Chain
    address : str
    creator : str
    name : str
    labels : tuple of str
        What the labels mean.
    incentive : Incentive
    encoder : Coding or None
        What makes samples of inputs, as published; its `estimator()` is scikit-learn's transformer.
        None where the creator published none: contribute feature indices, or vectors of signed bytes, instead.
    deploy_gas : int
        What the deployment used; 0 where the trainer was attached to.
    first_block : int
        Where its log begins.

    Notes
    -----
    Every method that sends raises `ContractError` (a subclass named for the reason) where the contract refuses, before
    anything is sent, and `NodeError` where the node can't be reached.
    """

    contribution_type: type[C]
    history_type: type[H]

    _kinds: ClassVar[dict[type[Incentive[Any]], type[Trainer[Any, Any]]]] = {}

    def __init_subclass__(cls, *, incentive: type[Incentive[Any]] | None = None) -> None:
        """Make known which trainers have an incentive."""
        super().__init_subclass__()
        if incentive is not None:
            Trainer._kinds[incentive] = cls

    @staticmethod
    def of(incentive: type[Incentive[Any]]) -> type[Trainer[Any, Any]]:
        """Return the class of the trainers that have an incentive.

        Raises
        ------
        InvalidInput
            If there is none.
        """
        if incentive not in Trainer._kinds:
            raise InvalidInput(
                f"No trainer goes with {incentive.__name__}; write a class …(Trainer, incentive={incentive.__name__})."
            )
        return Trainer._kinds[incentive]

    def __init__(
        self, chain: Chain, address: str, encoder: Coding | None, deploy_gas: int = 0, first_block: int = 0
    ) -> None:
        deployed = products.read(chain, address)
        self.chain = chain
        self.address = checked_address(address)
        self.creator = deployed.creator
        self.name = deployed.settings.name
        self.labels = self._deployed_labels = deployed.settings.labels
        self.incentive: Any = deployed.settings.incentive
        self.encoder = encoder
        self.deploy_gas = deploy_gas
        self.first_block = first_block
        self._contract = deployed.product.contract
        self._twin = deployed.product.model
        self._settings = deployed.settings.model
        self._format = self._blank(self.labels)
        self._codec = codec(self._contract)
        self._free_slots: list[int] = []
        self._refresh_labels()

    def __repr__(self) -> str:
        return f"<Trainer {self.name!r} at {self.address} on {self.chain.backend}>"

    # Asking

    def predict(self, data: Any) -> str:
        """Return the class of an input, by a view call: free.

        Parameters
        ----------
        data
            A text or a row, whatever the encoder takes; feature indices or a vector of signed bytes where there is
            none.
        """
        label: int = self._read("predict", self._sample(data))
        if label >= len(self.labels):
            self._refresh_labels()
        return self.labels[label]

    def predict_many(self, data: Sequence[Any]) -> list[str]:
        """Return the class of each of many inputs, computed here from the parameters read off the chain once."""
        model = self.model()
        return [self.labels[model.label_of(sample)] for sample in self._samples(data)]

    def score(self, data: Any) -> dict[str, int]:
        """Return the score of each class; the largest wins, the first of two that are level. A view call: free."""
        scores = self._read("score", self._sample(data))
        if len(scores) > len(self.labels):
            self._refresh_labels()
        return dict(zip(self.labels, scores, strict=True))

    def explain(self, data: Any) -> Explanation:
        """Return what each feature of an input contributes to the score of each class, in the encoder's words.

        The base and the contributions of a class add up to its score, exactly. A view call: free.
        """
        explanation = self.model().explain(self._sample(data))
        if self.encoder is None:
            return explanation
        words = self.encoder.describe(data)
        return replace(explanation, names=tuple(words[feature] for feature in explanation.features))

    def model(self) -> Twin:
        """Return the model as it stands on the chain now, as a twin; its `estimator()` is scikit-learn's classifier."""
        length = 16 + self._twin.parameter_bytes(self._settings)
        words = self._read("words", 0, -(-length // 32))
        state = b"".join(word.to_bytes(32, "big") for word in words)
        if state[15] > len(self.labels):
            self._refresh_labels()
        return self._twin.from_parameters(self._settings, state[16:length], self.labels)

    def quote(self, data: Any = None, *, many: Sequence[Any] | None = None) -> Quote:
        """Return what a contribution costs.

        Parameters
        ----------
        data
            The input to contribute; left out, one of an ordinary size.
        many
            The inputs of a batch, instead.
        """
        if many is not None:
            return self._quote(self._samples(many))
        return self._quote_sizes((1,)) if data is None else self._quote([self._sample(data)])

    def contributions(self) -> list[C]:
        """Return every contribution there is, with what became of it, from the log."""
        entries = self.history().entries.values()
        last = {entry.slot: entry for entry in entries}  # a slot may have been used again
        now = self.chain.now()
        self._free_slots = [slot for slot, entry in last.items() if entry.is_free(now)]
        return [self.contribution_type(self, entry) for entry in entries]

    def contribution(self, number: int) -> C:
        """Return one contribution by its number.

        Raises
        ------
        InvalidInput
            If there is none.
        """
        entry = self.history().entries.get(number)
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
        labels = (*self._deployed_labels, *history.added)
        model = self._twin.from_parameters(self._settings, history.parameters, labels)
        return audit(self.chain, self._contract, self.address, history, model, block)

    def _history(self, block: int) -> H:
        history = self.history_type(self.incentive, self._blank(self._deployed_labels))
        logs = self.chain.logs(self.address, first_block=self.first_block, last_block=block)
        events = [event for log in logs if (event := self._codec.event(log)) is not None]
        blocks = {event.block_number for event in events if event.name in history.timed}
        history.extend(events, {block: self.chain.time_of(block) for block in blocks})
        return history

    # Contributing

    def add_class(self, name: str, *, gas: int | None = None) -> None:
        """Add a class, as the creator; it has no sample yet, and wins nothing until it has.

        Raises
        ------
        InvalidInput
            If there is no room (see the model's `max_classes`), a class has the name, or it isn't one line of text.
        """
        self._refresh_labels()
        self._format.add_class(name)
        self._send("addClass", name, sender=self.creator, gas=gas)
        self._refresh_labels()

    def contribute(
        self,
        data: Any,
        label: str | int,
        *,
        sender: str | None = None,
        deposit_wei: int | None = None,
        gas: int | None = None,
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
            Who pays and is the author; the chain's first account where left out.
        deposit_wei
            What to pay in; what `quote` says where left out.
        gas
            The gas limit. Left out, the node tries the transaction out first: one that would be refused isn't sent.

        Raises
        ------
        InvalidInput
            If the input holds nothing to encode or the label is unknown.
        """
        number = self._label(label)
        sample = self._sample(data)
        deposit = self._quote([sample]).deposit_wei if deposit_wei is None else deposit_wei
        return self._contribute("contribute", (sample, number), deposit, sender, gas)

    def contribute_many(
        self,
        data: Sequence[Any],
        labels: Sequence[str | int],
        *,
        sender: str | None = None,
        deposit_wei: int | None = None,
        progress: bool = True,
    ) -> list[C]:
        """Contribute many inputs, in batches of as many as a transaction holds: the cheapest way to train.

        Parameters
        ----------
        data, labels
            As many of one as of the other; everything is encoded before anything is sent.
        sender
            Who pays and is the author; the chain's first account where left out.
        deposit_wei
            What to pay in for each sample; what `quote` says where left out.
        progress
            Show a progress bar.

        Returns
        -------
        list
            One a batch; a sample that is left over, or fills a transaction, is one of its own. Where one fails, those
            before it stand and are in the log.
        """
        if len(data) != len(labels):
            raise InvalidInput(f"There are {len(data)} inputs and {len(labels)} labels; give one label an input.")
        samples = self._samples(data)
        numbers = [self._label(label) for label in labels]
        made = []
        incentive = self.incentive
        ranges = list(
            batches(
                self._format,
                samples,
                numbers,
                claim_gas=incentive.claim_gas,
                most_bytes=incentive.batch_bytes,
            )
        )
        for start, end in track(ranges, description="Contributing", disable=not progress or len(ranges) < 2):
            some = samples[start:end]
            deposit = self._quote(some).deposit_wei if deposit_wei is None else deposit_wei * len(some)
            if len(some) == 1:
                made.append(self._contribute("contribute", (some[0], numbers[start]), deposit, sender, None))
            else:
                batch = pack_batch(some, numbers[start:end])
                made.append(self._contribute("contributeBatch", (batch,), deposit, sender, None))
        return made

    def _contribute(self, function: str, args: tuple[Any, ...], deposit: int, sender: str | None, gas: int | None) -> C:
        slot = self._free_slots[-1] if self._free_slots else 0
        receipt = self._send(function, *args, slot, sender=sender, value=deposit, gas=gas)
        if slot:
            self._free_slots.pop()
        entry = self.history_type.entry_type.of(self._event(receipt, "Contributed").args, self.incentive)
        return self.contribution_type(self, entry, receipt)

    def _send(self, function: str, *args: Any, sender: str | None, value: int = 0, gas: int | None = None) -> Receipt:
        person = sender or self._sender()
        return self.chain.invoke(self._contract, self.address, function, *args, sender=person, value=value, gas=gas)

    def _sender(self) -> str:
        if not self.chain.accounts:
            raise InvalidInput(f"No account of {self.chain.backend} can send; connect with account=… to contribute.")
        return self.chain.accounts[0]

    def _event(self, receipt: Receipt, name: str) -> Event:
        events = (self._codec.event(log) for log in receipt.logs)
        return next(event for event in events if event is not None and event.name == name)

    def _read(self, function: str, *args: Any) -> Any:
        return self.chain.read(self._contract, self.address, function, *args)

    def _quote(self, samples: Sequence[bytes]) -> Quote:
        return self._quote_sizes(tuple(self._format.size_of(sample) for sample in samples))

    def _quote_sizes(self, sizes: tuple[int, ...]) -> Quote:
        _, _, last = self._read("progress")
        # the next block is at least a second later than this one
        now = self.incentive.price(max(self.chain.now() + 1 - last, 1), sizes)
        safe = self.incentive.price(0, sizes)
        return Quote(_multiple(now, len(sizes)), _multiple(safe, len(sizes)))

    def _sample(self, data: Any) -> bytes:
        if self.encoder is not None:
            return self._format.pack(self.encoder.encode(data))
        if isinstance(data, str):
            wanted = "a vector of signed bytes" if self._format.dense else "the indices of the features"
            raise InvalidInput(f"{self.name!r} has no encoder for {data!r}: give {wanted} instead.")
        return self._format.pack(data)

    def _samples(self, data: Sequence[Any]) -> list[bytes]:
        if isinstance(data, str):
            raise InvalidInput(f"Many inputs are a list, not the one text {data!r}.")
        samples = []
        for position, one in enumerate(data):
            try:
                samples.append(self._sample(one))
            except InvalidInput as error:
                raise InvalidInput(f"Input {position} of {len(data)}: {error}") from error
        return samples

    def _blank(self, labels: tuple[str, ...]) -> Twin:
        """Return a model like the trainer's that has learnt nothing."""
        return self._twin.from_parameters(self._settings, bytes(self._twin.parameter_bytes(self._settings)), labels)

    def _refresh_labels(self) -> None:
        self.labels = tuple(self._read("names").split("\n")[1:])
        self._format = self._blank(self.labels)

    def _label(self, label: str | int) -> int:
        if isinstance(label, str):
            if label not in self.labels:
                self._refresh_labels()
            if label not in self.labels:
                raise InvalidInput(f"There is no class {label!r}; the classes are {', '.join(map(repr, self.labels))}.")
            return self.labels.index(label)
        try:
            number = index(label)
        except TypeError:
            raise InvalidInput(f"A label is a class's name or number, not {label!r}.") from None
        if number >= len(self.labels):
            self._refresh_labels()
        if not 0 <= number < len(self.labels):
            raise UnknownLabel(label=number, classes=len(self.labels))
        return number


def _multiple(wei: int, count: int) -> int:
    return -(-wei // count) * count
