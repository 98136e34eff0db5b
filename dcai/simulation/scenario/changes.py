"""Changes to the table of a scenario: by another file, by a fallback, by settings of the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dcai import untrusted
from dcai.errors import InvalidInput
from dcai.simulation.scenario.idle import idle
from dcai.untrusted import shortened


def merged(table: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """Return a table with the values of another on top; a list replaces a list."""
    result = dict(table)
    for key, value in other.items():
        inner = result.get(key)
        result[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


def without_idle(before: Mapping[str, object], table: Mapping[str, Any], named: Collection[str]) -> dict[str, Any]:
    """Return a table without what the data or model that was set makes idle.

    What was idle already stays, and so does what was set itself: both are refused later.

    Parameters
    ----------
    before, table
        As it was, and with the changes.
    named
        The keys that were changed.
    """
    data = table.get("data")
    if not isinstance(data, dict):
        return dict(table)
    out = _idle(table).keys() - _idle(before).keys()
    kept = {key: value for key, value in data.items() if key not in out or f"data.{key}" in named}
    return {**table, "data": kept}


def _idle(table: Mapping[str, Any]) -> Mapping[str, str]:
    data, model = table.get("data"), table.get("model")
    kind = model.get("kind") if isinstance(model, dict) else None
    return idle(data.get("name") if isinstance(data, dict) else None, kind)


def keys_of(settings: Sequence[str]) -> set[str]:
    """Return the keys that are set.

    Raises
    ------
    InvalidInput
        If one is set twice: the first would be dropped.
    """
    keys = [setting.partition("=")[0] for setting in settings]
    for setting, key in zip(settings, keys, strict=True):
        if keys.count(key) > 1:
            other = settings[len(keys) - 1 - keys[::-1].index(key)]
            raise InvalidInput(f"{key} is set twice, {setting} and {other}; leave one out.")
    return set(keys)


def change(table: dict[str, Any], setting: str) -> None:
    """Change one value: `agents.0.deposit=5` or `incentive.weight=1e12`.

    Raises
    ------
    InvalidInput
        If the setting isn't of that form, or there is no such place.
    """
    path, equals, text = setting.partition("=")
    if not equals or not path:
        raise InvalidInput(f"{setting!r} is not a setting; write it as incentive.weight=1e12.")
    try:
        value = untrusted.parse_toml(f"value = {text}")["value"]
    except ValueError:
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
        raise InvalidInput(f"{path} can't be set: {'.'.join(parents)} holds {shortened(place)}.")


def _item(place: object, key: str, path: str) -> Any:
    if not isinstance(place, list):
        raise InvalidInput(f"{path} can't be set: there is no table {key!r} in {shortened(place)}.")
    return place[_index(place, key, path)]


def _index(place: list[object], key: str, path: str) -> int:
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else len(place)
    if number >= len(place):
        raise InvalidInput(f"{path} can't be set: the list has {len(place)} entries, 0 to {len(place) - 1}.")
    return number
