"""The tables of a scenario: data, model, and one for each incentive."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dcai.incentives import DepositRefundTake, Gamified, PredictionMarket
from dcai.models import DensePerceptron, Model, NaiveBayes, NearestCentroid, SparseNearestCentroid, SparsePerceptron
from dcai.simulation.agents.base import Period

MODELS: dict[str, type[Model]] = {
    kind.__name__: kind
    for kind in (SparsePerceptron, NaiveBayes, SparseNearestCentroid, DensePerceptron, NearestCentroid)
}


def _whole(value: Any) -> Any:
    """Take 1e12 for the whole number that it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


MOST_WEI = 10**27
"""A billion ether: more than there is, and whatever is counted of it fits the contracts."""

Wei = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=MOST_WEI)]
Wait = Annotated[int, Period.__metadata__[0], Field(ge=0)]


class Section(BaseModel):
    """A table of the file: no key is unknown, no value is of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Data(Section):
    """Which data, and how much of it.

    Parameters
    ----------
    name : str
        See `dcai data list`.
    samples : int, optional
        How many training samples to use, the initial ones included; all where left out.
    initial : float or int
        What the creator trains the model with before it is deployed: a part of the samples below 1, or a number.
    shuffle : bool
        Whether each seed has an order of its own.
    vocabulary, bins : int
        Of texts: how many words; of tables: into how many bins a column is cut, for a sparse model.
    """

    name: str
    samples: Annotated[int, Field(ge=2)] | None = None
    initial: Annotated[float, Field(ge=0)] = 0.08
    shuffle: bool = True
    vocabulary: Annotated[int, Field(ge=1, le=65_535)] = 1_000
    bins: Annotated[int, Field(ge=2)] = 4

    @field_validator("initial")
    @classmethod
    def _part_or_number(cls, initial: float) -> float:
        if initial >= 1 and initial != int(initial):
            raise ValueError(f"must be a part below 1 or a whole number of samples, not {initial:g}")
        return initial


class ModelSection(Section):
    """Which model: the name of its class."""

    kind: str = "SparsePerceptron"

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.kind not in MODELS:
            raise ValueError(f"must be one of {', '.join(MODELS)}, not {self.kind!r}")
        return self


class DepositRefundTakeSection(Section):
    """The terms of Deposit-Refund-Take, as `dcai.DepositRefundTake` has them; money in wei."""

    kind: Literal["DepositRefundTake"]
    weight: Wei = 10**12
    minimum: Wei = 10**12
    refund_after: Wait = 86_400
    settle_after: Wait = 86_400
    creator_take_after: Wait = 8 * 86_400
    take_after: Wait = 9 * 86_400
    size_unit: int = 100

    def build(self) -> DepositRefundTake:
        """Return the incentive.

        Raises
        ------
        InvalidInput
            If the terms contradict each other.
        """
        terms = self.model_dump(exclude={"kind", "weight", "minimum"})
        return DepositRefundTake(weight_wei=self.weight, minimum_wei=self.minimum, **terms)


class GamifiedSection(Section):
    """The rules of Gamified, as `dcai.Gamified` has them."""

    kind: Literal["Gamified"]
    validate_after: Wait = 86_400
    expire_after: Wait = 30 * 86_400
    settle_after: Wait = 86_400
    report_within: Wait = 7 * 86_400
    base: int = Gamified.base
    feature: int = Gamified.feature
    streak: int = Gamified.streak
    streak_cap: int = Gamified.streak_cap
    milestone: int = Gamified.milestone
    milestone_bonus: int = Gamified.milestone_bonus
    all_labels: int = Gamified.all_labels
    reporter_good: int = Gamified.reporter_good
    report_points: int = Gamified.report_points
    memory_slots: int = Gamified.memory_slots
    size_unit: int = Gamified.size_unit

    def build(self) -> Gamified:
        """Return the incentive.

        Raises
        ------
        InvalidInput
            If a rule is out of its range.
        """
        return Gamified(**self.model_dump(exclude={"kind"}))


class PredictionMarketSection(Section):
    """The terms of a market, as `dcai.PredictionMarket` has them, and its bounty.

    Parameters
    ----------
    stake : int
        What each sample costs, wei.
    bounty : int
        Stakes.
    """

    kind: Literal["PredictionMarket"]
    stake: Wei
    bounty: Annotated[int, BeforeValidator(_whole), Field(ge=1)]
    portion_size: int
    portions: int = 10
    open_within: Wait = 86_400
    participate: Wait = 7 * 86_400
    reveal_within: Wait = 2 * 86_400
    evaluate_within: Wait = 5 * 86_400
    per_pass: int | None = None
    draw_after: int = 2
    group_by_participant: bool = False
    most_samples: int = 10_000
    size_unit: int = 250

    def build(self) -> PredictionMarket:
        """Return the incentive.

        Raises
        ------
        InvalidInput
            If a term is out of its range.
        """
        return PredictionMarket(stake_wei=self.stake, **self.model_dump(exclude={"kind", "stake", "bounty"}))


IncentiveSection = Annotated[
    DepositRefundTakeSection | GamifiedSection | PredictionMarketSection, Field(discriminator="kind")
]
"""A further incentive is one such class."""
