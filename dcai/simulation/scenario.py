"""A scenario: which data, model, incentive and agents; as a TOML file or as objects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator

from dcai import datasets
from dcai.errors import InvalidInput
from dcai.incentives import DepositRefundTake, Gamified, PredictionMarket
from dcai.models import DensePerceptron, Model, NaiveBayes, NearestCentroid, SparseNearestCentroid, SparsePerceptron
from dcai.simulation.agents import Agent, kinds
from dcai.simulation.agents.base import Period

MODELS: dict[str, type[Model]] = {
    kind.__name__: kind
    for kind in (SparsePerceptron, NaiveBayes, SparseNearestCentroid, DensePerceptron, NearestCentroid)
}


def _whole(value: Any) -> Any:
    """Take 1e12 for the whole number that it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Wei = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
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
    base: int = 10
    feature: int = 1
    streak: int = 2
    streak_cap: int = 7
    milestone: int = 10
    milestone_bonus: int = 20
    all_labels: int = 25
    reporter_good: int = 10
    report_points: int = 5
    memory_slots: int = 256
    size_unit: int = 100

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


class Scenario(Section):
    """An experiment.

    Parameters
    ----------
    title : str
    data, model, incentive
        What is deployed.
    agents : list of Agent
        Who takes part; two names are never the same.
    seed : int
    unit : int
        Wei in a unit of the agents' money.
    gas_price : int
        Wei that everybody pays for a unit of gas.
    """

    title: str
    data: Data
    incentive: IncentiveSection
    agents: Annotated[list[SerializeAsAny[Agent]], Field(min_length=1)]
    model: ModelSection = ModelSection()
    seed: Annotated[int, Field(ge=0)] = 0
    unit: Wei = 10**15
    gas_price: Wei = 10**8

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [agent.name for agent in self.agents]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"agents: two are named {twice[0]!r}; give each a name of its own")
        providers = sum(agent.provides for agent in self.agents)
        if providers > isinstance(self.incentive, PredictionMarketSection):
            raise ValueError("agents: a PredictionMarket has one provider at most, and other incentives have none")
        return self

    def fresh_agents(self) -> list[Agent]:
        """Return the agents as they are before a run."""
        return [agent.model_copy(deep=True) for agent in self.agents]

    def described(self) -> dict[str, Any]:
        """Return the scenario as JSON-able values, each agent with its kind."""
        values = self.model_dump()
        for agent, told in zip(self.agents, values["agents"], strict=True):
            told["kind"] = type(agent).__name__
        return values


def load_scenario(file: Path, settings: Iterable[str] = ()) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    file
        TOML. `extends = "other.toml"` starts from another file. `[fallback]` holds what is to be set where the data
        isn't on this machine.
    settings
        Changes to it: "incentive.weight=1e12", "agents.1.deposit=20".

    Raises
    ------
    InvalidInput
        If the file can't be read, a key is unknown, or a value is of another type or out of range: the text names the
        file and the key, or the line, and what is expected.
    DataUnavailable
        If the data set isn't on this machine, and there is no fallback.
    """
    table = read_table(file)
    fallback = table.pop("fallback", None)
    if fallback is not None and not _available(table):
        table = _merged(table, fallback)
    for setting in settings:
        _set(table, setting)
    return scenario_of(table, str(file))


def scenario_of(table: Mapping[str, Any], source: str) -> Scenario:
    """Return the scenario that a table describes; errors name the source.

    Raises
    ------
    InvalidInput
        As `load_scenario`.
    """
    values = deepcopy(dict(table))
    agents = values.get("agents")
    if isinstance(agents, list):
        values["agents"] = [_agent(one, f"agents.{at}", source) for at, one in enumerate(agents)]
    try:
        scenario = Scenario.model_validate(values)
    except ValidationError as error:
        raise _told(error, source) from None
    try:
        scenario.incentive.build()
        datasets.source(scenario.data.name)
    except InvalidInput as error:
        raise InvalidInput(f"{source}: {error}") from None
    return scenario


def read_table(file: Path) -> dict[str, Any]:
    """Return the tables of a file, with those of the file that it extends.

    Raises
    ------
    InvalidInput
        If it can't be read, or is no TOML: the text says in which line.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} is no TOML: {error}.") from None
    base = table.pop("extends", None)
    if base is None:
        return table
    if not isinstance(base, str):
        raise InvalidInput(f"{file}: extends must be the name of a file, not {base!r}.")
    return _merged(read_table(file.parent / base), table)


def _merged(table: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with the values of another on top; a list replaces a list."""
    result = dict(table)
    for key, value in other.items():
        inner = result.get(key)
        result[key] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


def _available(table: Mapping[str, Any]) -> bool:
    data = table.get("data")
    name = data.get("name") if isinstance(data, dict) else None
    return not isinstance(name, str) or name not in datasets.names() or datasets.find(name) is not None


def _set(table: dict[str, Any], setting: str) -> None:
    """Change one value: `agents.0.deposit=5` or `incentive.weight=1e12`."""
    path, equals, text = setting.partition("=")
    if not equals or not path:
        raise InvalidInput(f"{setting!r} is no setting; write it as incentive.weight=1e12.")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = path.split(".")
    place: Any = table
    for key in parents:
        place = place.setdefault(key, {}) if isinstance(place, dict) else _item(place, key, path)
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise InvalidInput(f"{path} can't be set: {'.'.join(parents)} holds {place!r}.")


def _item(place: Any, key: str, path: str) -> Any:
    if not isinstance(place, list):
        raise InvalidInput(f"{path} can't be set: there is no table {key!r} in {place!r}.")
    return place[_index(place, key, path)]


def _index(place: list[Any], key: str, path: str) -> int:
    if not key.isdigit() or int(key) >= len(place):
        raise InvalidInput(f"{path} can't be set: the list has {len(place)} entries, 0 to {len(place) - 1}.")
    return int(key)


def _agent(one: Any, key: str, source: str) -> Any:
    if isinstance(one, Agent) or not isinstance(one, dict):
        return one
    values = dict(one)
    known = kinds()
    kind = values.pop("kind", None)
    if kind not in known:
        raise InvalidInput(f"{source}: {key}.kind must be one of {', '.join(sorted(known))}, not {kind!r}.")
    try:
        return known[kind].model_validate(values)
    except ValidationError as error:
        raise _told(error, source, key) from None


def _told(error: ValidationError, source: str, parent: str = "") -> InvalidInput:
    """Say in one sentence which key is wrong, and what was expected."""
    first = error.errors()[0]
    # of an incentive the place holds its kind, too, which is no key
    place = [str(part) for at, part in enumerate(first["loc"]) if not (at == 1 and first["loc"][0] == "incentive")]
    key = ".".join([parent, *place] if parent else place)
    match first["type"]:
        case "extra_forbidden":
            text = f"the key {key} is unknown"
        case "missing":
            text = f"the key {key} is missing"
        case "union_tag_not_found":
            text = f"the key {key}.kind is missing"
        case "union_tag_invalid":
            text = f"{key}.kind must be one of {first['ctx']['expected_tags']}, not {first['ctx']['tag']!r}"
        case "value_error":
            text = f"{key}{': ' if key else ''}{first['msg'].removeprefix('Value error, ')}"
        case _:
            expected = first["msg"].replace("Input should be", "must be")
            text = f"{key} {expected[0].lower()}{expected[1:]}, not {first['input']!r}"
    others = len(error.errors()) - 1
    more = f" (and {others} more)" if others else ""
    return InvalidInput(f"{source}: {text.rstrip('.')}{more}.")
