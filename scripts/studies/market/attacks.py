"""What hostile participants send to a market of turns: the ways of noise, and of those who know what they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dcai.models.twins import Twin
from scripts.studies.reviews import Reviews

_TRIED = 10
"""Turns of noise that a lottery player tries on the portion that is open, before it sends the best."""


class Market(NamedTuple):
    """What anybody can know while people contribute, and data of one's own.

    Attributes
    ----------
    model : Twin
        The shared one, as it is now.
    own : Reviews
        As many as a turn has, which nobody has contributed yet.
    spare : Reviews
        Others, for those who choose.
    opened, hidden : Reviews
        The portion that everybody knows; what the model is examined on, which only the provider knows.
    last : Reviews or None
        The latest turn of somebody honest.
    turn : int
        How many turns the hostile have sent.
    """

    model: Twin
    own: Reviews
    spare: Reviews
    opened: Reviews
    hidden: Reviews
    last: Reviews | None
    turn: int

    def known(self) -> NDArray[np.bool_]:
        """Return which of the spare reviews the model gets right."""
        right: NDArray[np.bool_] = self.model.predict(self.model.rows(self.spare.words)) == self.spare.labels
        return right


Sent = Callable[[np.random.Generator, Market], Reviews]


@dataclass(frozen=True)
class Attack:
    """A way to attack.

    Attributes
    ----------
    name : str
        As the page has it.
    send : callable
        Returns the samples of a turn, with their labels.
    order : {"first", "last"} or None
        Whether the hostile come before or after all others.
    by_provider : bool
        Whether only the provider can make it, who knows the hidden test set.
    """

    name: str
    send: Sent = field(compare=False)
    order: str | None = None
    by_provider: bool = False


def _with(some: Reviews, wrong: Any) -> Reviews:
    labels = some.labels.copy()
    labels[wrong] = 1 - labels[wrong]
    return Reviews(some.words, labels)


def _flipped(_: np.random.Generator, market: Market) -> Reviews:
    return _with(market.own, slice(None))


def _random(rng: np.random.Generator, market: Market) -> Reviews:
    return Reviews(market.own.words, rng.integers(2, size=len(market.own.labels)))


def _meaningless(rng: np.random.Generator, market: Market) -> Reviews:
    """Return reviews of as many words as real ones, any words."""
    words = rng.permuted(market.own.words, axis=1)
    return Reviews(words, rng.integers(2, size=len(words)))


def _wrong(part: float) -> Sent:
    def send(rng: np.random.Generator, market: Market) -> Reviews:
        count = len(market.own.labels)
        return _with(market.own, rng.choice(count, int(part * count), replace=False))

    return send


def _right_first(_: np.random.Generator, market: Market) -> Reviews:
    return _with(market.own, slice(len(market.own.labels) // 2, None))


def _known(rng: np.random.Generator, market: Market) -> Reviews:
    """Return reviews that the model gets right, as far as there are enough."""
    right, count = np.flatnonzero(market.known()), len(market.own.labels)
    return market.spare.take(rng.choice(right, count, replace=len(right) < count))


def _diluted(part: float) -> Sent:
    def send(rng: np.random.Generator, market: Market) -> Reviews:
        some = _known(rng, market)
        count = len(some.labels)
        return _with(some, rng.choice(count, max(int(part * count), 1), replace=False))

    return send


def _picked(rng: np.random.Generator, market: Market) -> Reviews:
    """Return the one of some turns of random labels after which the model is best on the open portion."""
    tried = [_random(rng, market) for _ in range(_TRIED)]
    return max(tried, key=lambda some: _right_after(market.model, some, market.opened))


def _right_after(model: Twin, some: Reviews, tests: Reviews) -> int:
    taught = type(model).from_parameters(model.settings(), model.parameters(), model.classes)
    taught.learn_rows(taught.rows(some.words), some.labels)
    return int((taught.predict(taught.rows(tests.words)) == tests.labels).sum())


def _copied(_: np.random.Generator, market: Market) -> Reviews:
    return market.last or _with(market.own, slice(None))


def _undone(_: np.random.Generator, market: Market) -> Reviews:
    return _with(market.last or market.own, slice(None))


def _undone_and_redone(rng: np.random.Generator, market: Market) -> Reviews:
    return (_copied if market.turn % 2 else _undone)(rng, market)


def _spoilt_and_repaired(_: np.random.Generator, market: Market) -> Reviews:
    return market.own if market.turn % 2 else _with(market.own, slice(None))


def _examined(rng: np.random.Generator, market: Market) -> Reviews:
    count = len(market.own.labels)
    return market.hidden.take(rng.choice(len(market.hidden.labels), count, replace=count > len(market.hidden.labels)))


ATTACKS = (
    Attack("all labels wrong", _flipped),
    Attack("all labels wrong, before all others", _flipped, "first"),
    Attack("all labels wrong, after all others", _flipped, "last"),
    Attack("random labels", _random),
    Attack("random labels, the best of ten turns on the open portion", _picked),
    Attack("meaningless reviews, random labels", _meaningless),
    Attack("half of the labels wrong", _wrong(0.5)),
    Attack("the first half right, the second wrong", _right_first),
    Attack("diluted: known reviews, one label wrong", _diluted(0)),
    Attack("diluted: known reviews, one label in ten wrong", _diluted(0.1)),
    Attack("only what the model knows", _known),
    Attack("Sybils: one undoes the last honest turn, the next sends it again", _undone_and_redone),
    Attack("the last honest turn with all labels wrong", _undone),
    Attack("Sybils: one spoils, the next brings good data", _spoilt_and_repaired),
    Attack("a copy of the last honest turn", _copied),
    Attack("the provider's own: the hidden test set", _examined, by_provider=True),
)
"""Sybils that split are the first: the rule doesn't know names, and every turn stands for itself."""
