"""The errors that only a trainer with a prediction market raises."""

from __future__ import annotations

from typing import Any

from dcai.errors import ContractError
from dcai.incentives.prediction_market.course import Phase


class WrongPhase(ContractError):
    """The call is for another phase of the market."""

    declaration = "uint8 phase"
    sentence = "The market is in phase {phase} ({told}); this call belongs to another phase."

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        number = figures["phase"]
        # somebody else's contract may have more
        return {"told": Phase(number).told if number in set(Phase) else "one that is unknown here"}


class WrongBounty(ContractError):
    """The bounty is not a multiple of the stake."""

    declaration = "uint256 stake, uint256 sent"
    sentence = "A bounty of {sent} wei is refused: it must be 1 to 2^40 times the stake, which is {stake} wei."


class WrongStake(ContractError):
    """The amount that was sent is less than stake and fee."""

    declaration = "uint256 required, uint256 sent"
    sentence = (
        "A contribution to this market costs {required} wei now, and {sent} were sent: ask quote() for what to send; "
        "what is more than the price comes back with the stake."
    )


class TurnTooSmall(ContractError):
    """The contribution has fewer samples than a turn."""

    declaration = "uint256 samples, uint256 least"
    sentence = (
        "A contribution to this market is a turn of at least {least} samples, and this has {samples}: {missing} more "
        "are missing; contribute them together, with contribute_many."
    )

    def _readable(self, figures: dict[str, Any]) -> dict[str, str]:
        return {"missing": f"{figures['least'] - figures['samples']:,}"}


class MarketFull(ContractError):
    """The market takes no more samples."""

    declaration = "uint256 samples, uint256 most"
    sentence = "The market has {samples} samples and takes {most} at most: send fewer, or wait for another market."


class WrongCount(ContractError):
    """There are more or fewer than there must be."""

    declaration = "uint256 required, uint256 given"
    sentence = "This call takes {required} portions, hashes of portions or slots, not {given}."


class WrongHeader(ContractError):
    """The header is not that of the block that decides the draw."""

    declaration = "uint256 target"
    sentence = (
        "These bytes are not the header of block {target}, which decides the draw; or the block is not there yet, or "
        "the chain does not remember it any more (it remembers 8,191 blocks, or 256). The bounty of a market whose "
        "portion can't be drawn any more is forfeited."
    )


class WrongHashes(ContractError):
    """The hashes are not those that were committed."""

    sentence = "These hashes are not those that the provider committed to: take them from the Committed event."


class WrongPortion(ContractError):
    """The content of a portion is not what was committed."""

    declaration = "uint256 portion"
    sentence = (
        "This is not the content of portion {portion} that the provider committed to, or another portion comes first."
    )


class MalformedPortion(ContractError):
    """The content of a portion is malformed."""

    declaration = "uint256 portion"
    sentence = "Portion {portion} is malformed: it must hold 32 bytes of salt, then as many samples as the terms say."


class AlreadyRevealed(ContractError):
    """The portion is already known."""

    declaration = "uint256 portion"
    sentence = "Portion {portion} is already known."


class WrongParameters(ContractError):
    """The parameters are not those of the model at this point."""

    sentence = "These are not the parameters of the model where the evaluation stands: replay the log up to there."


class OutOfTurn(ContractError):
    """Contributions are evaluated in their order."""

    declaration = "uint256 next, uint256 given"
    sentence = "Contribution {next} is evaluated next, not {given}: give at least one, in their order."


class NothingOwed(ContractError):
    """The market owes the person nothing."""

    declaration = "address person"
    sentence = "The market owes {person} nothing, or has paid it already."
