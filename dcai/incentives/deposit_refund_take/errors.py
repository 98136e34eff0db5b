"""What only a trainer with Deposit-Refund-Take refuses."""

from __future__ import annotations

from dcai.errors import ContractError


class Underpaid(ContractError):
    """The deposit is below the price."""

    sentence = "The deposit of {sent} wei is below the price of {required} wei; ask quote() for what to send."


class BadDeposit(ContractError):
    """The deposit can't be recorded."""

    sentence = "A deposit of {sent} wei can't be kept for {count} samples: send a multiple of {count} below 2^96 wei."


class NoneRefundable(ContractError):
    """No sample of those asked for can be refunded now."""

    sentence = (
        "None of the samples asked for in batch {id} can be refunded now: the model disagrees or they are closed."
    )


class NoneToSplit(ContractError):
    """No sample of those asked for can be split off now."""

    sentence = (
        "None of the samples asked for in batch {id} can be split off: they are closed, or the model agrees with "
        "them and they aren't yours."
    )


class NothingGood(ContractError):
    """Reporting needs a good contribution of one's own."""

    sentence = "{sender} has no good contribution yet; contribute, and be refunded once, before reporting or taking."


class AlreadyReported(ContractError):
    """Reported by the same person before."""

    sentence = "{sender} has reported contribution {id} already."


class NotReported(ContractError):
    """A share must be reported first."""

    sentence = (
        "{sender} hasn't reported contribution {id}; report it, and take the share when the time to settle is over."
    )


class AlreadyTaken(ContractError):
    """One share a person."""

    sentence = "{sender} has taken a share of contribution {id} already."


class ShareIsZero(ContractError):
    """A share that rounds to nothing."""

    sentence = "The share of {deposit} wei with {good} of all {allGood} good contributions is 0 wei; it stays there."
