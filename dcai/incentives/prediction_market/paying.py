"""The payments of a market that has ended: each by itself, so that none keeps others from being made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from dcai.accounts.account import Account
from dcai.errors import DcaiError, NothingLeft
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import NothingOwed

if TYPE_CHECKING:
    from rich.progress import Progress

    from dcai.incentives.prediction_market.log import MarketHistory
    from dcai.incentives.prediction_market.trainer import MarketTrainer

NOBODY = "0x000000000000000000000000000000000000dEaD"
"""Where what belongs to nobody is sent."""


class Unpaid(NamedTuple):
    """A payment that failed.

    Attributes
    ----------
    person : str
    contribution : int or None
        The contribution that wasn't paid back, in a market that failed.
    reason : str
        A sentence.
    """

    person: str
    contribution: int | None
    reason: str


class Payments(dict[str, int]):
    """Person -> wei that they were paid.

    Attributes
    ----------
    unpaid : tuple of Unpaid
        The payments that failed; another `MarketTrainer.settle` tries them again.
    """

    def __init__(self, paid: dict[str, int], unpaid: Iterable[Unpaid]) -> None:
        super().__init__(paid)
        self.unpaid = tuple(unpaid)


class _Due(NamedTuple):
    """Somebody to pay, and how: the call returns wei, 0 where nothing is owed."""

    person: str
    contribution: int | None
    pay: Callable[[], int]


def pay(market: MarketTrainer, account: Account, bar: Progress) -> Payments:
    """Pay everybody whom the market owes something, the provider last, and burn what belongs to nobody."""
    history, course = market.history(), market.course()
    failed = course.phase == Phase.FAILED
    due = _repayments(market, history, account) if failed else _collections(market, history, account)
    if not failed and course.remainder_wei and not history.withdrawn:
        due.append(_Due(market.creator, None, partial(market.withdraw, sender=account)))
    if not history.forfeited and (failed or history.fees_wei):
        due.append(_Due(NOBODY, None, partial(market.forfeit, sender=account)))
    paid: Counter[str] = Counter()
    unpaid = []
    for one in bar.track(due, description="Paying"):
        try:
            paid[one.person] += one.pay()
        except (NothingOwed, NothingLeft):  # somebody else has had it paid meanwhile
            continue
        except Exception as error:  # whatever it is, others are still to be paid
            reason = str(error) if isinstance(error, DcaiError) else f"{type(error).__name__}: {error}"
            unpaid.append(Unpaid(one.person, one.contribution, reason))
    del paid[NOBODY]
    return Payments(+paid, unpaid)


def _repayments(market: MarketTrainer, history: MarketHistory, account: Account) -> list[_Due]:
    left = [market.contribution_type(market, one) for one in history.entries.values() if not one.reclaimed]
    return [_Due(one.entry.author, one.entry.id, partial(market.reclaim, one, sender=account)) for one in left]


def _collections(market: MarketTrainer, history: MarketHistory, account: Account) -> list[_Due]:
    def collect(person: str) -> int:
        return market.collect(person, sender=account) if market.owed(person) else 0

    people = dict.fromkeys(entry.author for entry in history.entries.values())
    return [_Due(person, None, partial(collect, person)) for person in people]
