"""The subject of the checks: an unfitted model, the number of cases, the seed and more states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from dcai.models import Model
from dcai.models.twins import Twin
from dcai.testing.samples import Samples, samples_of

States = Callable[[Twin, np.random.Generator], Iterable[Twin]]

_ROWS = 20

# Bytes of initial parameters: lanes at the ends of their range, or anything.
_ANY = {"0x00 and 0xff": (0x00, 0xFF), "0x7f and 0x80": (0x7F, 0x80), "any bytes": tuple(range(256))}


def no_more(twin: Twin, random: np.random.Generator) -> Iterable[Twin]:
    """Return no further states."""
    return ()


@dataclass(frozen=True)
class Subject:
    """An unfitted model, the number of learnings to compare, the seed, and more states to start from."""

    model: Model
    cases: int
    seed: int
    states: States

    def random(self) -> np.random.Generator:
        """Return a new generator of the seed."""
        return np.random.default_rng(self.seed)

    def samples(self, n_features: int, random: np.random.Generator) -> Samples:
        """Return the maker of samples with this many features."""
        return samples_of(self.model.dense, n_features, random)

    @property
    def names(self) -> list[str]:
        """The names of the classes."""
        return [str(name) for name in self.model.classes or ()]

    def fitted(self, samples: Samples) -> Model:
        """Return the model, fitted on random samples; one of more than two classes gets none."""
        model: Model = clone(self.model)
        classes = len(self.names)
        known = classes - (classes > 2)
        labels = samples.random.integers(known, size=_ROWS)
        return model.fit(samples.rows([samples.features() for _ in labels]), labels)

    def blank(self, samples: Samples) -> Twin:
        """Return the twin of a model with nothing learnt: its parameters are zeros."""
        twin = self.fitted(samples).twin
        settings = twin.settings()
        blank: Twin = type(twin).from_parameters(settings, bytes(twin.parameter_bytes(settings)), twin.classes)
        return blank

    def starts(self, samples: Samples) -> Iterator[tuple[str, Twin]]:
        """Yield the twins that a check starts from, each with its name."""
        fitted = self.fitted(samples).twin
        yield "a model that has learnt nothing", self.blank(samples)
        yield "a fitted model", fitted
        for number, state in enumerate(self.states(fitted, samples.random)):
            yield f"state {number}", state

    def loaded(self, samples: Samples) -> Iterator[tuple[str, Twin]]:
        """Yield twins with arbitrary parameters, each with its name: contracts don't check what a creator loads.

        It yields none where there is room for more classes, since their parameters must be empty.
        """
        twin = self.fitted(samples).twin
        settings, kind = twin.settings(), type(twin)
        if settings[0] != settings[3]:
            return
        for name, octets in _ANY.items():
            parameters = bytes(samples.random.choice(octets, kind.parameter_bytes(settings)).tolist())
            yield f"parameters of {name}", kind.from_parameters(settings, parameters, twin.classes)
