"""The tables of a scenario that are the same for every incentive: data and model."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from dcai import datasets, plugins
from dcai.amounts import wei
from dcai.models.base import Model
from dcai.untrusted import shortened


def whole(value: object) -> object:
    """Take 1e12 for the whole number that it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


MOST_WEI = 10**27
"""A billion ether: more than there is, and whatever is counted of it fits the contracts."""


def exact(value: object) -> object:
    """Take text with a unit for wei, and 1e23 for exactly the whole number that is written, which no float holds."""
    return wei(f"{value} wei" if isinstance(value, float) else value) if isinstance(value, str | float) else value


Wei = Annotated[int, BeforeValidator(exact), Field(ge=0, le=MOST_WEI)]


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
        How many training samples to use, the initial ones included; by default all.
    initial : float or int
        What the creator trains the model with before it is deployed: a part of the samples below 1, or a number.
    shuffle : bool
        Whether each seed has an order of its own.
    vocabulary : int, optional
        Of texts: how many words; 1,000 if left out.
    bins : int, optional
        Of tables, for a sparse model: into how many bins a column is cut; 4 if left out.
    instead_of : str, optional
        The data set for which this one stands in, since it wasn't on the machine; the file's `[fallback]` sets it.
    """

    name: str
    samples: Annotated[int, Field(ge=2, le=10**9)] | None = None
    initial: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.08
    shuffle: bool = True
    vocabulary: Annotated[int, Field(ge=1, le=65_535)] | None = None
    bins: Annotated[int, Field(ge=2, le=65_535)] | None = None
    instead_of: str | None = None

    @field_validator("name", "instead_of")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        if name is not None:
            datasets.source(name)
        return name

    @field_validator("initial")
    @classmethod
    def _part_or_number(cls, initial: float) -> float:
        if initial >= 1 and initial != int(initial):
            raise ValueError(f"must be a part below 1 or a whole number of samples, not {initial:g}")
        return initial


class Start(Section):
    """The state of a real chain that a run begins with: the table `fork`, which the record of such a run has.

    Parameters
    ----------
    chain_id, block : int
    block_hash : str
    trainer : str
        The address.
    """

    chain_id: Annotated[int, Field(ge=1)]
    block: Annotated[int, Field(ge=0)]
    block_hash: str
    trainer: str

    def __str__(self) -> str:
        return f"the trainer at {self.trainer}, block {self.block:,} of chain {self.chain_id}"


class ModelSection(Section):
    """Which model: the name of its class."""

    kind: str = "SparsePerceptron"

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in plugins.models():
            raise ValueError(f"must be one of {', '.join(plugins.models())}, not {shortened(kind)}")
        return kind

    def __reduce__(self) -> tuple[object, ...]:
        # with the class, so that another process imports the module that defines it
        return _model_section, (plugins.models()[self.kind],)


def _model_section(kind: type[Model]) -> ModelSection:
    return ModelSection(kind=kind.__name__)
