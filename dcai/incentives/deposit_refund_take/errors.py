"""The errors that only a trainer with Deposit-Refund-Take raises."""

from __future__ import annotations

from dcai.errors import ContractError


class Underpaid(ContractError):
    """The deposit is below the price."""

    declaration = "uint256 required, uint256 sent"
    sentence = "The deposit of {sent} wei is below the price of {required} wei; ask quote() for what to send."


class BadDeposit(ContractError):
    """The deposit can't be recorded."""

    declaration = "uint256 sent, uint256 count"
    sentence = "A deposit of {sent} wei can't be kept for {count} samples: send a multiple of {count} below 2^96 wei."


class NoneRefundable(ContractError):
    """None of the chosen samples can be refunded now."""

    declaration = "uint256 id, uint256 positions"
    sentence = "None of the chosen samples of batch {id} can be refunded now: the model disagrees, or they are closed."


class NoneToSplit(ContractError):
    """None of the chosen samples can be split off now."""

    declaration = "uint256 id, uint256 positions"
    sentence = (
        "None of the chosen samples of batch {id} can be split off: they are closed, or they are not yours and the "
        "model agrees with them or you have not reported them settle_after ago."
    )


class NoneToReport(ContractError):
    """None of the chosen samples can be reported now."""

    declaration = "uint256 id, uint256 positions"
    sentence = (
        "None of the chosen samples of batch {id} can be reported: they are closed, you have reported them before, or "
        "the model agrees with them."
    )


class NothingGood(ContractError):
    """A reporter needs a good contribution of their own."""

    declaration = "address sender"
    sentence = "{sender} has no good contribution yet: contribute and get a refund before you report or take."


class AlreadyReported(ContractError):
    """The same person has reported the contribution before."""

    declaration = "uint256 id, address sender"
    sentence = "{sender} has already reported contribution {id}."


class NotReported(ContractError):
    """A share must be reported first."""

    declaration = "uint256 id, address sender"
    sentence = (
        "{sender} has not reported contribution {id}: report it, and take the share when the time to settle is over."
    )


class AlreadyTaken(ContractError):
    """The same person has taken a share before."""

    declaration = "uint256 id, address sender"
    sentence = "{sender} has already taken a share of contribution {id}."


class ShareIsZero(ContractError):
    """The share rounds to nothing."""

    declaration = "uint256 deposit, uint256 good, uint256 allGood"
    sentence = (
        "A share of {deposit} wei with {good} of all {allGood} good contributions is 0 wei: it stays there for others."
    )
