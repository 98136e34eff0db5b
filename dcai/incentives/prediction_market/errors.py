"""What only a trainer with a prediction market refuses."""

from __future__ import annotations

from typing import Any

from dcai.errors import ContractError
from dcai.incentives.prediction_market.course import Phase


class WrongPhase(ContractError):
    """The call is for another phase of the market."""

    sentence = "This can't be done now: the market is in phase {phase}: {told}."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        phase = Phase(figures["phase"])
        return {"phase": str(int(phase)), "told": phase.told}


class WrongBounty(ContractError):
    """The bounty is no multiple of the stake."""

    sentence = "A bounty of {sent} wei isn't a multiple of the stake, {stake} wei, or is 0 or more than 2^40 stakes."


class WrongStake(ContractError):
    """What was sent isn't the stake."""

    sentence = "A contribution to this market costs exactly {required} wei, not {sent}; ask quote() for what to send."


class MarketFull(ContractError):
    """The market takes no more samples."""

    sentence = "The market has {samples} samples, and takes {most} at most: send fewer, or wait for another market."


class TooLong(ContractError):
    """A call that contributes has too many bytes."""

    sentence = "This contribution has {length} bytes and a market takes {most}: send smaller batches."


class WrongCount(ContractError):
    """More or fewer than there must be."""

    sentence = "There must be {required} portions, hashes of them or slots here, not {given}."


class WrongHeader(ContractError):
    """The header isn't that of the block that the draw is from."""

    sentence = (
        "These bytes aren't the header of block {target}, which the draw is from; or it isn't there yet, or too long "
        "ago for the chain to remember it (8,191 blocks, or 256): a portion that can't be drawn any more is forfeited."
    )


class WrongHashes(ContractError):
    """The hashes aren't those that were committed."""

    sentence = "These hashes aren't those that the provider committed to; take them from the Committed event."


class WrongPortion(ContractError):
    """The content of a portion isn't what was committed."""

    sentence = (
        "This isn't the content of portion {portion} that the provider committed to, or it isn't the turn of that "
        "portion."
    )


class MalformedPortion(ContractError):
    """The content of a portion is malformed."""

    sentence = "Portion {portion} is malformed: it holds 32 bytes of salt, then as many samples as the terms say."


class AlreadyRevealed(ContractError):
    """The portion is known."""

    sentence = "Portion {portion} is known already."


class WrongParameters(ContractError):
    """The parameters aren't those of the model at this point."""

    sentence = "These aren't the parameters of the model where the evaluation is now; replay the log up to there."


class OutOfTurn(ContractError):
    """Contributions are evaluated in their order."""

    sentence = "Contribution {next} is evaluated next, not {given}; at least one at a time."


class NothingOwed(ContractError):
    """Nobody is owed anything."""

    sentence = "The market owes {person} nothing, or nothing any more."
