"""The machine of each incentive, and what enough steps must meet: else the rules could forbid everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dcai import Chain
from dcai.chain.codec import codec
from tests.stateful import gamified_machine
from tests.stateful.machine import SharedModel
from tests.stateful.market_actions import FUNCTIONS
from tests.stateful.market_machine import PlayedMarket
from tests.stateful.running import OUT_OF_GAS, Machine, Tally
from tests.stateful.world import World


def errors_of(*interfaces: str) -> frozenset[str]:
    """Return the names of the errors that interfaces declare."""
    return frozenset(error.name for face in interfaces for error in codec(face).errors.values())


@dataclass(frozen=True)
class Played:
    """An incentive with its machine.

    Attributes
    ----------
    machine : callable
        Of a chain.
    succeeds, refused : frozenset of str
        What must succeed or happen, and errors that must be met.
    seldom : frozenset of str
        Those that a few thousand steps may miss.
    """

    machine: Callable[[Chain], Machine]
    succeeds: frozenset[str]
    refused: frozenset[str]
    seldom: frozenset[str]

    def missing(self, tally: Tally) -> list[str]:
        """Return what was not met, of all that many steps must meet."""
        done = {what for what, error in tally.outcomes if error is None} | {
            what for what, n in tally.events.items() if n
        }
        met = {error for _, error in tally.outcomes if error is not None}
        return sorted((self.succeeds - done) | ((self.refused | {OUT_OF_GAS}) - met))


def _deposit_refund_take(chain: Chain) -> Machine:
    world = World(chain)
    return lambda tally: SharedModel(world, tally)


def _prediction_market(chain: Chain) -> Machine:
    world = World(chain, "PM")
    return lambda tally: PlayedMarket(world, tally)


def _gamified(chain: Chain) -> Machine:
    return lambda tally: gamified_machine.Trainer(chain, tally)


_OF_THE_CREATOR = {
    "NotInitialized",
    "AlreadyInitialized",
    "BadChunk",
    "BadSetting",
    "NotCreator",
    "AlreadyPublished",
    "TooManyClasses",
    "BadName",
    "NoSuchClassYet",
}
_OF_OTHER_INCENTIVES = {"TooLarge"}
_OF_OTHER_MODELS = {"WrongLength", "NotUnitNorm", "TooManyFeatures"}
_OF_OTHER_MARKETS = {"MalformedPortion", "TooLarge"}
"""These are in tests/incentives/test_market_phases.py, as the others."""

INCENTIVES = {
    "DepositRefundTake": Played(
        _deposit_refund_take,
        frozenset(
            {
                "contribute",
                "contributeBatch",
                "refund",
                "refundBatch",
                "split",
                "report",
                "reportBatch",
                "take",
                "multicall",
                "a share is taken",
                "a contract calls back",
            }
        ),
        errors_of("ITrainer", "IModel", "IDepositRefundTake")
        - _OF_THE_CREATOR
        - _OF_OTHER_MODELS
        - _OF_OTHER_INCENTIVES,
        frozenset({"AlreadyTaken", "OwnContribution", "ShareIsZero", "TooLong", "a contract calls back"}),
    ),
    "Gamified": Played(
        _gamified,
        frozenset(
            {
                "Validated",
                "BatchValidated",
                "Duplicate",
                "Reported",
                "Defended",
                "PointsTaken",
                "TransferSingle",
            }
        ),
        frozenset(
            {
                "AlreadyValidated",
                "BadBatch",
                "BadPositions",
                "EmptySample",
                "IsBatch",
                "IsNoBatch",
                "ModelAgrees",
                "ModelDisagrees",
                "MostlyAgreed",
                "MostlyDisagreed",
                "NoMoney",
                "NotAuthor",
                "NotEnoughGood",
                "NotValidated",
                "NothingLeft",
                "NothingToDefend",
                "OwnContribution",
                "TooEarly",
                "TooLarge",
                "TooLate",
                "TooLong",
                "UnknownContribution",
                "UnknownLabel",
            }
        ),
        frozenset(
            {
                "BadBatch",
                "BadPositions",
                "IsNoBatch",
                "MostlyAgreed",
                "MostlyDisagreed",
                "NothingLeft",
                "TooLong",
            }
        ),
    ),
    "PredictionMarket": Played(
        _prediction_market,
        frozenset(FUNCTIONS),
        (errors_of("IPredictionMarket") | {"TooLong"}) - _OF_OTHER_MARKETS,
        frozenset({"AlreadyRevealed", "TooLong", "WrongParameters"}),
    ),
}
