"""What a user has set once: networks by name, which of them is used, and whose account signs.

It stands in a TOML file in the user's folder for settings, which people may edit; comments stay.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcai import files
from dcai.chain.addresses import ADDRESS, checked_address
from dcai.errors import InvalidInput
from dcai.integers import whole
from dcai.untrusted import parse_toml, shortened

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""What a network, an account or a trainer can be called."""

_KEY = re.compile("[0-9a-fA-F]{64}")
_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]{0,99}")
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class Network:
    """A chain, and a node of it.

    Parameters
    ----------
    name : str
    chain_id : int
        A node of another chain is refused.
    url : str, optional
        The JSON-RPC address of a node.
    url_variable : str, optional
        The environment variable that holds it, if the file must not: providers put keys into addresses.
    trainers : mapping of str to str
        Nickname -> address.

    Raises
    ------
    InvalidInput
        If a value is malformed, or there isn't just one of `url` and `url_variable`.
    """

    name: str
    chain_id: int
    url: str | None = None
    url_variable: str | None = None
    trainers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checked_name(self.name, "A network")
        try:
            valid = whole(self.chain_id) > 0
        except TypeError:
            valid = False
        if not valid:
            raise InvalidInput(f"The chain id of {self.name} is a whole number from 1, not {shortened(self.chain_id)}.")
        if (self.url is None) == (self.url_variable is None):
            raise InvalidInput(f"Give {self.name} either a url, or a url_variable: the name of one that holds it.")
        if self.url is not None and not (isinstance(self.url, str) and self.url.startswith(_SCHEMES)):
            raise InvalidInput(f"The url of {self.name} starts with http:// or https://.")
        if self.url_variable is not None and not _matches(_VARIABLE, self.url_variable):
            raise InvalidInput(f"The url_variable of {self.name} is the name of an environment variable.")
        if not isinstance(self.trainers, Mapping):
            raise InvalidInput(f"The trainers of {self.name} are a table: a nickname, and an address.")
        for nickname, address in self.trainers.items():
            checked_name(nickname, "A trainer")
            if _matches(ADDRESS, nickname):
                raise InvalidInput(f"A trainer of {self.name} can't be named as an address; choose a nickname.")
            checked_address(address)

    def node(self) -> str:
        """Return the address of its node.

        Raises
        ------
        InvalidInput
            If it is in an environment variable that isn't set.
        """
        if self.url is not None:
            return self.url
        found = os.environ.get(self.url_variable or "", "").strip()
        if not found:
            raise InvalidInput(
                f"The node of network {self.name} is in the environment variable {self.url_variable}, which isn't set."
            )
        return found


@dataclass(frozen=True)
class Configuration:
    """What a user has set.

    Attributes
    ----------
    networks : dict of str to Network
    network : str or None
        The one that is used where none is named.
    account : str or None
        The account of the keystore that signs where none is named.
    keystore : pathlib.Path or None
        The folder of the keystore.
    """

    networks: Mapping[str, Network] = field(default_factory=dict)
    network: str | None = None
    account: str | None = None
    keystore: Path | None = None

    def find(self, name: str) -> Network:
        """Return the network of a name.

        Raises
        ------
        InvalidInput
            If there is none.
        """
        if name not in self.networks:
            known = f"the known ones are {', '.join(sorted(self.networks))}" if self.networks else "none is known yet"
            raise InvalidInput(
                f"There is no network {shortened(name)}: {known}; `dcai network add` adds one, and `dcai network list` "
                "shows them."
            )
        return self.networks[name]


def file() -> Path:
    """Return the path of the file, which needn't be there."""
    from platformdirs import user_config_path

    return user_config_path("dcai") / "config.toml"


def load() -> Configuration:
    """Return what the user has set.

    Raises
    ------
    InvalidInput
        If the file can't be read, or holds something else; the text names it.
    """
    there = file()
    try:
        table = parse_toml(there.read_text(encoding="utf-8"))
        return _configuration(table)
    except FileNotFoundError:
        return Configuration()
    except OSError as error:
        raise InvalidInput(f"{there} can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise InvalidInput(f"{there} is malformed: {error}") from None


@contextmanager
def edited() -> Iterator[TOMLDocument]:
    """Yield the file's content to be changed, and write it when that is done, unless it has become malformed.

    One process changes it at a time; only the user can read it.

    Raises
    ------
    InvalidInput
        If the file can't be read or written, or what is in it afterwards isn't a configuration.
    """
    import tomlkit
    from filelock import FileLock

    there = file()
    try:
        there.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(there.with_suffix(".lock")):
            load()  # what is malformed already isn't made worse
            document = tomlkit.parse(there.read_text(encoding="utf-8") if there.exists() else "")
            yield document
            text = tomlkit.dumps(document)
            _configuration(parse_toml(text))
            files.write(there, text, private=True)
    except OSError as error:
        raise InvalidInput(f"{there} can't be written: {error.strerror}.") from None


def checked_name(name: object, what: str) -> str:
    """Return a name that a user gives something.

    Raises
    ------
    InvalidInput
        If it has other characters, or too many.
    """
    if isinstance(name, str) and _KEY.search(name):  # it would stay in logs
        raise InvalidInput(f"{what} is not named as a private key; give it a name of its own.")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise InvalidInput(
            f"{what} has a name of 1 to 64 letters, digits, dots, hyphens and underscores, of which the first is a "
            f"letter or a digit, not {shortened(name)}."
        )
    return name


def expanded(path: str | Path) -> Path:
    """Return a path with ~ as the user's folder, which not every shell puts in its place."""
    return Path(os.path.expanduser(path))


def _matches(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and pattern.fullmatch(text) is not None


def _configuration(table: Mapping[str, Any]) -> Configuration:
    _refuse_unknown(table, {one.name for one in fields(Configuration)}, "the file")
    listed = table.get("networks", {})
    if not isinstance(listed, Mapping) or not all(isinstance(one, Mapping) for one in listed.values()):
        raise InvalidInput("networks is a table of tables, one per network.")
    settings = {one.name for one in fields(Network)} - {"name"}
    networks = {}
    for name, one in listed.items():
        _refuse_unknown(one, settings, f"network {name}")
        if "chain_id" not in one:
            raise InvalidInput(f"Network {name} has no chain_id.")
        networks[name] = Network(name, **one)
    for key, what in (("network", "A network"), ("account", "An account")):
        if key in table:
            checked_name(table[key], what)
    keystore = table.get("keystore")
    if keystore is not None and not isinstance(keystore, str):
        raise InvalidInput(f"keystore is the path of a folder, not {shortened(keystore)}.")
    return Configuration(networks, table.get("network"), table.get("account"), expanded(keystore) if keystore else None)


def _refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table.keys() - known:
        raise InvalidInput(f"{where} has {shortened(key)}, where {', '.join(sorted(known))} can be set.")
