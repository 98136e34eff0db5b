"""A scenario: data, model, incentive and agents, as a TOML file or as objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, SerializeAsAny, ValidationError, model_validator

from dcai import datasets, files, plugins, untrusted
from dcai.errors import InvalidInput
from dcai.incentives.rules import Rules
from dcai.simulation.agents import Agent, kinds
from dcai.simulation.agents.base import Line
from dcai.simulation.scenario.changes import change, keys_of, merged, without_idle
from dcai.simulation.scenario.idle import idle
from dcai.simulation.scenario.incentive import IncentiveSection, section_of
from dcai.simulation.scenario.sections import (
    MOST_WEI,
    Data,
    ModelSection,
    Section,
    Start,
    Wei,
)
from dcai.untrusted import shortened

# Table -> its keys.
_SECTIONS: dict[str, type[BaseModel]] = {"data": Data, "model": ModelSection, "fork": Start}

# What pydantic expects, in the file's words.
_EXPECTED = {
    "bool_type": "true or false",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_type": "text",
}


class Scenario(Section):
    """An experiment.

    Parameters
    ----------
    title : str
    data, model, incentive
        What is deployed.
    agents : list of Agent
        The participants, each with a name of its own.
    seed : int
    unit : int
        Wei in a unit of the agents' money.
    gas_price : int
        What everybody pays for a unit of gas, wei.
    fork : Start, optional
        The real trainer that the run begins with, of which a node must give a copy; model, incentive and initial
        samples are then that trainer's.
    """

    title: Annotated[Line, Field(max_length=1_000)]
    data: Data
    incentive: SerializeAsAny[IncentiveSection]
    agents: Annotated[list[SerializeAsAny[Agent]], Field(min_length=1)]
    model: ModelSection = ModelSection()
    seed: Annotated[int, Field(ge=0, lt=2**64)] = 0
    unit: Annotated[Wei, Field(ge=1)] = 10**15
    gas_price: Wei = 10**8
    fork: Start | None = None

    @model_validator(mode="after")
    def _no_key_is_idle(self) -> Self:
        for key, why in idle(self.data.name, self.model.kind).items():
            if getattr(self.data, key) is not None:
                raise ValueError(f"data.{key} has no effect: {why}; leave it out")
        for at, agent in enumerate(self.agents):
            for key, why in agent.idle().items():
                if getattr(agent, key) != type(agent).model_fields[key].default:
                    raise ValueError(f"agents.{at}.{key} has no effect: {why}; leave it out")
        return self

    @model_validator(mode="after")
    def _agents_can_play(self) -> Self:
        names = [agent.name for agent in self.agents]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"agents: two are named {twice[0]!r}; give each a name of its own")
        for at, agent in enumerate(self.agents):
            for key in agent.amounts():
                if (getattr(agent, key) or 0) * self.unit > MOST_WEI:
                    most = MOST_WEI // self.unit
                    raise ValueError(f"agents.{at}.{key} must be at most {most:,} units, a billion ether")
        incentive = type(self.incentive.build())
        most = int(Rules.of(incentive).has_provider)
        if len(providers := [agent.name for agent in self.agents if agent.provides]) > most:
            few = "one provider at most" if most else "no provider"
            raise ValueError(f"agents: a {incentive.__name__} has {few}; leave out {providers[-1]!r}")
        return self

    def fresh_agents(self) -> list[Agent]:
        """Return the agents as they are before a run."""
        return [agent.model_copy(deep=True) for agent in self.agents]

    def described(self) -> dict[str, Any]:
        """Return the scenario as JSON-able values, of which `scenario_of` makes it again: each agent with its kind."""
        values = self.model_dump(mode="json")
        for agent, told in zip(self.agents, values["agents"], strict=True):
            told["kind"] = type(agent).__name__
        return values


def heading(described: Mapping[str, Any]) -> str:
    """Return the title of a scenario, as `described`; where other data stands in for the file's, it says so."""
    title, data = described["title"], described["data"]
    return f"{title} ({data['name']} in place of {data['instead_of']})" if data["instead_of"] else str(title)


def load_scenario(file: str | os.PathLike[str], settings: Iterable[str] = ()) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    file
        TOML. `extends = "other.toml"` starts from another file. `[fallback]` holds what to change if the data isn't on
        this machine. Or JSON, such as the result of a run, which holds its scenario.
    settings
        Changes to it: "incentive.weight=1e12", "agents.1.deposit=20". Where data.samples changes, the time for
        contributions that some incentives have changes in proportion, unless it is among the settings, too.

    Raises
    ------
    InvalidInput
        If the file can't be read, a key is unknown, or a value has the wrong type or is out of range. The text names
        the file and the key, or the line, and what is expected.
    DataUnavailable
        If the data set isn't on this machine, and there is no fallback.
    """
    table, sources = _read(Path(file))
    source, settings = ", which extends ".join(map(str, sources)), list(settings)
    fallback = table.pop("fallback", None)
    if fallback is not None:
        replaced = f"{source}, with its fallback"
        if not isinstance(fallback, dict):
            raise InvalidInput(f"{source}: fallback must be a table, not {fallback!r}.")
        other = without_idle(table, merged(table, fallback), _keys(fallback))
        if _available(table, settings):
            scenario_of(other, replaced)  # what is wrong there shows here, not on the next machine only
        else:
            table, source = _standing_in(other, table), replaced
    before = deepcopy(table)
    for setting in settings:
        change(table, setting)
    table = without_idle(before, table, keys_of(settings))
    return _in_proportion(scenario_of(table, source), before, settings)


def scenario_of(table: Mapping[str, object], source: str) -> Scenario:
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
    values["incentive"] = _incentive(values.get("incentive"), source)
    if values["incentive"] is None:
        del values["incentive"]
    try:
        return Scenario.model_validate(values)
    except ValidationError as error:
        raise _told(error, source, Scenario) from None


def _read(file: Path, extending: tuple[Path, ...] = ()) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Return the tables of a file with those of the file that it extends, and all files that were read."""
    told, language = " extends ".join(map(str, (*extending, file))), "JSON" if file.suffix == ".json" else "TOML"
    which = ", which" if extending else ""
    if os.path.realpath(file) in map(os.path.realpath, extending):
        raise InvalidInput(f"{told}: no file can extend itself; leave out one extends.")
    try:
        content = files.read(file)
        table = untrusted.parse(content) if language == "JSON" else untrusted.parse_toml(content.decode())
    except OSError as error:
        raise InvalidInput(f"{told}{which} can't be read: {error.strerror}.") from None
    except ValueError as error:  # those of both languages, and of text that isn't UTF-8
        raise InvalidInput(f"{told}{which} is not {language}: {error}.") from None
    if isinstance(table, dict) and "digest" in table:
        table = table.get("scenario")
    if not isinstance(table, dict):
        raise InvalidInput(f"{told}{which} holds no scenario: write a table of keys.")
    sources = (*extending, file)
    base = table.pop("extends", None)
    if base is None:
        return table, sources
    if not isinstance(base, str):
        raise InvalidInput(f"{told}: extends must be the name of a file, not {base!r}.")
    below, sources = _read(file.parent / base, sources)
    return without_idle(below, merged(below, table), _keys(table)), sources


def _data(table: Mapping[str, object]) -> dict[str, object]:
    data = table.get("data")
    return data if isinstance(data, dict) else {}


def _keys(table: Mapping[str, object]) -> set[str]:
    """Return the keys of the data that a table sets."""
    return {f"data.{key}" for key in _data(table)}


def _available(table: Mapping[str, object], settings: Sequence[str]) -> bool:
    """Whether the data is on this machine: that of the file, or what is set in its place."""
    wanted = {"data": dict(_data(table))}
    for setting in settings:
        if setting.startswith("data.name="):
            change(wanted, setting)
    name = wanted["data"].get("name")
    return not isinstance(name, str) or name not in datasets.names() or datasets.find(name) is not None


def _standing_in(table: dict[str, Any], former: Mapping[str, object]) -> dict[str, Any]:
    """Return a file's table with its fallback, which says for which data other data stands in."""
    name = _data(former).get("name")
    if not isinstance(table.get("data"), dict) or table["data"].get("name") == name:
        return table
    return {**table, "data": {**table["data"], "instead_of": name}}


def _in_proportion(scenario: Scenario, before: Mapping[str, object], settings: Sequence[str]) -> Scenario:
    """Return a scenario whose time for contributions fits the number of samples that was set."""
    samples, former = scenario.data.samples, _data(before).get("samples")
    key = Rules.of(scenario.incentive.incentive).lasts
    is_set = any(setting.startswith(f"incentive.{key}=") for setting in settings)
    if not key or is_set or samples is None or samples == former:
        return scenario
    if not isinstance(former, int):
        if datasets.find(scenario.data.name) is None:
            return scenario  # and nobody can run it
        former = len(datasets.load(scenario.data.name).train_labels)
    lasts = max(1, round(getattr(scenario.incentive, key) * samples / former))
    return scenario.model_copy(update={"incentive": scenario.incentive.model_copy(update={key: lasts})})


def _agent(one: object, key: str, source: str) -> object:
    if isinstance(one, Agent) or not isinstance(one, dict):
        return one
    values = dict(one)
    plugins.load_installed()
    known = kinds()
    names = ", ".join(sorted(known))
    if "kind" not in values:
        raise InvalidInput(f"{source}: the key {key}.kind is missing; it is one of {names}.")
    kind = values.pop("kind")
    if not isinstance(kind, str) or kind not in known:
        raise InvalidInput(f"{source}: {key}.kind must be one of {names}, not {shortened(kind)}.")
    try:
        return known[kind].model_validate(values)
    except ValidationError as error:
        raise _told(error, source, known[kind], key) from None


def _incentive(one: object, source: str) -> object:
    if not isinstance(one, dict):
        return one
    known = plugins.incentives()
    names = ", ".join(known)
    if "kind" not in one:
        raise InvalidInput(f"{source}: the key incentive.kind is missing; it must be one of {names}.")
    kind = one["kind"]
    if not isinstance(kind, str) or kind not in known:
        raise InvalidInput(f"{source}: incentive.kind must be one of {names}, not {shortened(kind)}.")
    try:
        section = section_of(known[kind])
    except InvalidInput as error:
        raise InvalidInput(f"{source}: {error}") from None
    try:
        return section.model_validate(one)
    except ValidationError as error:
        raise _told(error, source, section, "incentive") from None


def _told(error: ValidationError, source: str, section: type[BaseModel], parent: str = "") -> InvalidInput:
    """Say in one sentence which key is wrong, and what was expected."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    key = ".".join([parent, *place] if parent else place)
    match first["type"]:
        case "extra_forbidden":
            table = _SECTIONS.get(str(first["loc"][-2]), section) if len(first["loc"]) > 1 else section
            more_keys = ["kind"] if issubclass(table, Agent) else ["extends", "fallback"] if table is Scenario else []
            keys = [*more_keys, *table.model_fields]
            text = f"the key {key} is unknown; those here are {', '.join(keys)}"
        case "missing":
            text = f"the key {key} is missing"
        case "value_error":
            text = f"{key}{': ' if key else ''}{first['msg'].removeprefix('Value error, ')}"
        case known if known in _EXPECTED:
            text = f"{key} must be {_EXPECTED[known]}, not {shortened(first['input'])}"
        case _:
            expected = first["msg"].replace("Input should be", "must be")
            text = f"{key} {expected[0].lower()}{expected[1:]}, not {shortened(first['input'])}"
    others = len(error.errors()) - 1
    more = f" (and {others} more)" if others else ""
    return InvalidInput(f"{source}: {text.rstrip('.')}{more}.")
