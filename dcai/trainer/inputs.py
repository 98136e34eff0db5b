"""What people have, a text or a row, as the contract takes it: a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dcai.encoders.codings.coding import SparseCoding
from dcai.errors import InvalidInput, NothingToEncode
from dcai.samples import pack_features
from dcai.trainer.settings import Deployed
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders import Coding
    from dcai.models.twins import Twin


class Rows(NamedTuple):
    """Inputs as samples.

    Attributes
    ----------
    samples : list of bytes
    numbers : list of int
        The row that each comes from, counted from 1.
    skipped : tuple of int
        The rows that were left out.
    """

    samples: list[bytes]
    numbers: list[int]
    skipped: tuple[int, ...]


class Unusable(NamedTuple):
    """Why what a creator published as encoder can't be used here.

    Attributes
    ----------
    kind : type of InvalidInput
        The error of whoever wants to encode something.
    why : str
        A sentence that begins after "… has no encoder: ".
    """

    kind: type[InvalidInput]
    why: str


class Inputs:
    """Makes samples of inputs for one trainer.

    Attributes
    ----------
    encoder : Coding or None
        None where inputs are features already: indices, or vectors of signed bytes.
    unusable : Unusable or None
        Why there is no encoder though something was published.
    """

    def __init__(self, deployed: Deployed, encoder: Coding | Unusable | None) -> None:
        self._deployed = deployed
        self.encoder = None if isinstance(encoder, Unusable) else encoder
        self.unusable = encoder if isinstance(encoder, Unusable) else None

    @cached_property
    def twin(self) -> type[Twin]:
        """The class of the model's twin."""
        from dcai.trainer.products import named  # it imports all twins

        return named(self._deployed.contract).model

    def blank(self, labels: Sequence[str] | None = None) -> Twin:
        """Return a model like the trainer's that has learnt nothing.

        Parameters
        ----------
        labels
            Its classes; by default those that the trainer was made with.
        """
        settings = self._deployed.settings
        nothing = bytes(self.twin.parameter_bytes(settings.model))
        return self.twin.from_parameters(settings.model, nothing, labels or settings.classes)

    @cached_property
    def model(self) -> Twin:
        """A model like the trainer's that has learnt nothing, to pack and measure samples with; not to be changed."""
        return self.blank()

    def sample(self, data: object) -> bytes:
        """Return an input as a sample of the trainer's model.

        Raises
        ------
        InvalidInput
            If the input holds nothing to encode, or the contract would refuse it.
        """
        with _about("The input"):
            return self._sample(data)

    def question(self, data: object) -> bytes:
        """Return an input as a sample to ask about, which the contract checks: words need no twin.

        Raises
        ------
        InvalidInput
            As of `sample`, but for what the contract refuses.
        """
        if isinstance(self.encoder, SparseCoding):
            with _about("The input"):
                return pack_features(self.encoder.features(data))
        return self.sample(data)

    def rows(self, data: Iterable[object], *, skip_unknown: bool | None = None) -> Rows:
        """Return inputs as samples.

        Parameters
        ----------
        data
            A list of inputs, a table, or what gives one input after the other.
        skip_unknown
            Leave out inputs in which nothing is known, instead of refusing all; None where nobody can choose.

        Raises
        ------
        InvalidInput
            If an input can't be a sample: the sentence begins with its row, counted from 1. Or if all are left out.
        """
        inputs = listed(data, "inputs")
        samples: list[bytes] = []
        numbers: list[int] = []
        skipped: list[int] = []
        for row, one in enumerate(inputs, start=1):
            try:
                samples.append(self._sample(one))
                numbers.append(row)
            except InvalidInput as error:
                unknown = isinstance(error, NothingToEncode)
                if unknown and skip_unknown:
                    skipped.append(row)
                    continue
                way_out = " Or leave such rows out: skip_unknown=True." if unknown and skip_unknown is False else ""
                error.args = (_in_row(row, len(inputs), str(error)) + way_out,)
                raise
        if skipped and not samples:
            raise NothingToEncode(f"None of the {len(skipped)} rows holds anything that {self._name!r} knows.")
        return Rows(samples, numbers, tuple(skipped))

    def sizes(self, samples: Sequence[bytes]) -> tuple[int, ...]:
        """Return the sizes of samples, by which they are priced."""
        return tuple(self.model.size_of(sample) for sample in samples)

    @property
    def _name(self) -> str:
        return self._deployed.settings.name

    def _sample(self, data: object) -> bytes:
        try:
            return self.model.pack(self._features(data))
        except InvalidInput as error:
            if self.unusable is None or isinstance(data, str):
                raise
            raise self._no_encoder(data) from error

    def _features(self, data: object) -> Any:
        if self.encoder is not None:
            return self.encoder.encode(data)
        if isinstance(data, str):
            raise self._no_encoder(data)
        return data

    def _no_encoder(self, data: Any) -> InvalidInput:
        """Return the error about an input that nothing encodes."""
        wanted = "a vector of signed bytes" if self.twin.dense else "the indices of the features"
        trainer = f"{shortened(self._deployed.settings.name)} at {self._deployed.address}"
        if self.unusable is None:
            return InvalidInput(f"{trainer} has no encoder for {shortened(data)}: give {wanted} instead.")
        kind, why = self.unusable
        return kind(
            f"{trainer} has no encoder for {shortened(data)}: {why} Give {wanted} instead, or attach with encoder=…, "
            "one of your own."
        )


def listed(many: Iterable[Any], what: str) -> list[Any]:
    """Return many inputs or labels as a list, whatever gives them: it is gone through once.

    Parameters
    ----------
    many
    what
        What they are called: "inputs" or "labels".

    Raises
    ------
    InvalidInput
        If it is one text, or has no order.
    """
    if isinstance(many, str | bytes):
        raise InvalidInput(f"Many {what} are a list with one of them per row, not the one text {shortened(many)}.")
    if isinstance(many, Mapping | Set) or not hasattr(many, "__iter__"):
        raise InvalidInput(f"Many {what} are a list with one of them per row, not {shortened(many)}.")
    # a data frame would give the names of its columns
    table: Any = many
    return list(table.to_numpy() if hasattr(many, "columns") and hasattr(many, "to_numpy") else many)


@contextmanager
def _about(what: str) -> Iterator[None]:
    """Let an encoder's sentence about the one input that it was given call that what it is."""
    try:
        yield
    except InvalidInput as error:
        error.args = (_called(what, str(error)),)
        raise


def _in_row(row: int, rows: int, sentence: str) -> str:
    """Return an encoder's sentence about the one input that it was given, with the row that the input comes from."""
    place = f"Row {row} of {rows}"
    called = _called(place, sentence)
    return called if called != sentence else f"{place}: {sentence}"


def _called(what: str, sentence: str) -> str:
    for first in ("Row 0", "Text 0"):
        if sentence.startswith(first):
            return what + sentence.removeprefix(first)
    return sentence
