"""What people have, a text or a row, as the contract takes it: a sample."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from dcai.encoders.codings.coding import SparseCoding
from dcai.errors import InvalidInput
from dcai.samples import pack_features
from dcai.trainer.settings import Deployed
from dcai.untrusted import shortened

if TYPE_CHECKING:
    from dcai.encoders import Coding
    from dcai.models.twins import Twin


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

    def sample(self, data: Any) -> bytes:
        """Return an input as a sample of the trainer's model.

        Raises
        ------
        InvalidInput
            If the input holds nothing to encode, or the contract would refuse it.
        """
        try:
            return self.model.pack(self._features(data))
        except InvalidInput as error:
            if self.unusable is None or isinstance(data, str):
                raise
            raise self._no_encoder(data) from error

    def question(self, data: Any) -> bytes:
        """Return an input as a sample to ask about, which the contract checks: words need no twin.

        Raises
        ------
        InvalidInput
            As of `sample`, but for what the contract refuses.
        """
        if isinstance(self.encoder, SparseCoding):
            return pack_features(self.encoder.features(data))
        return self.sample(data)

    def samples(self, data: Sequence[Any]) -> list[bytes]:
        """Return inputs as samples; an error says which of them it is about."""
        if isinstance(data, str):
            raise InvalidInput(f"Many inputs are a list, not the one text {data!r}.")
        samples = []
        for position, one in enumerate(data):
            try:
                samples.append(self.sample(one))
            except InvalidInput as error:
                raise InvalidInput(f"Input {position} of {len(data)}: {error}") from error
        return samples

    def sizes(self, samples: Sequence[bytes]) -> tuple[int, ...]:
        """Return the sizes of samples, by which they are priced."""
        return tuple(self.model.size_of(sample) for sample in samples)

    def _features(self, data: Any) -> Any:
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
