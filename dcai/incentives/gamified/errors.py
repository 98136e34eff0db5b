"""What only a trainer with Gamified refuses."""

from __future__ import annotations

from typing import Any

from dcai.errors import ContractError
from dcai.times import moment_text


class NoMoney(ContractError):
    """Money was sent where nothing is to be paid."""

    sentence = "Contributing costs nothing here, and {sent} wei were sent: send none."


class TooLate(ContractError):
    """A contribution is finished."""

    sentence = "This worked until {when}; nothing comes of this contribution any more."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"when": moment_text(figures["end"])}


class MostlyAgreed(ContractError):
    """The model agrees with half of a batch or more: the data counts as good."""

    sentence = (
        "The model disagrees with {disagreeing} of the {count} validated samples of batch {id}: it must be more than "
        "half to report it."
    )


class MostlyDisagreed(ContractError):
    """The model disagrees with more than half of a batch: the data counts as bad."""

    sentence = (
        "The model disagrees with {disagreeing} of the {count} validated samples of contribution {id}: it can be "
        "defended once that is half or fewer."
    )


class BadPositions(ContractError):
    """Positions that a batch doesn't have, or none."""

    sentence = "The positions {positions:#b} aren't of a batch of {count} samples: ask for one at least, none beyond."


class AlreadyValidated(ContractError):
    """The points were given."""

    sentence = "Contribution {id} was validated before: its points are given once."


class NotValidated(ContractError):
    """There are no points to take."""

    sentence = "Contribution {id} isn't validated, so that it has no points that a report could take."


class NothingToDefend(ContractError):
    """Nobody has reported it."""

    sentence = "Contribution {id} isn't reported, and needs no defence."


class NotEnoughGood(ContractError):
    """Reporting needs more validated contributions of one's own."""

    sentence = (
        "{sender} has {validated} validated contributions, and {needed} are needed to report: contribute more first."
    )


class NotTransferable(ContractError):
    """Badges stay where they are."""

    sentence = "A badge stays with who earned it: it can't be given away, nor can anybody be allowed to."


class UnknownBadge(ContractError):
    """An id that no badge has."""

    sentence = "There is no badge {id}: they have the numbers 1 to 8."


class LengthsDiffer(ContractError):
    """Not as many accounts as ids."""

    sentence = "There are {accounts} accounts and {ids} ids; give one id an account."
