"""The errors that only a trainer with Gamified raises."""

from __future__ import annotations

from typing import Any

from dcai.errors import ContractError
from dcai.times import moment_text


class NoMoney(ContractError):
    """Money was sent, and contributing costs nothing."""

    declaration = "uint256 sent"
    sentence = "Contributing costs nothing here, and {sent} wei were sent: send none."


class TooLate(ContractError):
    """A contribution is finished."""

    declaration = "uint256 end, uint256 time"
    sentence = "Too late: allowed until {when}. Nothing of this contribution can be claimed any more."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"when": moment_text(figures["end"])}


class MostlyAgreed(ContractError):
    """The model agrees with half of a batch or more: the data counts as good."""

    declaration = "uint256 id, uint256 disagreeing, uint256 count"
    sentence = (
        "The model disagrees with {disagreeing} of the {count} validated samples of batch {id}: a batch can be "
        "reported if it disagrees with more than half."
    )


class MostlyDisagreed(ContractError):
    """The model disagrees with more than half of a batch: the data counts as bad."""

    declaration = "uint256 id, uint256 disagreeing, uint256 count"
    sentence = (
        "The model disagrees with {disagreeing} of the {count} validated samples of contribution {id}: a contribution "
        "can be defended if it disagrees with half or fewer."
    )


class BadPositions(ContractError):
    """The positions are not in the batch, or there are none."""

    declaration = "uint256 positions, uint256 count"
    sentence = "The positions {positions:#b} are not in a batch of {count} samples: choose one or more that are."


class AlreadyValidated(ContractError):
    """The points have been given."""

    declaration = "uint256 id"
    sentence = "Contribution {id} was validated before, and its points are given once."


class NotValidated(ContractError):
    """There are no points that a report could take."""

    declaration = "uint256 id"
    sentence = "Contribution {id} is not validated: it has no points that a report could take."


class NothingToDefend(ContractError):
    """Nobody has reported the contribution."""

    declaration = "uint256 id"
    sentence = "Contribution {id} is not reported and needs no defence."


class NotEnoughGood(ContractError):
    """A reporter needs more validated contributions of their own."""

    declaration = "address sender, uint256 validated, uint256 needed"
    sentence = "{sender} has {validated} validated contributions and needs {needed} to report: contribute more first."


class NotTransferable(ContractError):
    """Badges can't be transferred."""

    sentence = "A badge stays with the person who earned it: it can't be transferred, and no transfer can be approved."


class UnknownBadge(ContractError):
    """No badge has the id."""

    declaration = "uint256 id"
    sentence = "There is no badge {id}: badges have the numbers 1 to 8."


class LengthsDiffer(ContractError):
    """The lists of accounts and ids have different lengths."""

    declaration = "uint256 accounts, uint256 ids"
    sentence = "There are {accounts} accounts and {ids} ids; give one id per account."
