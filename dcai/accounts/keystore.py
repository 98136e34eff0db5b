"""A folder of private keys, each encrypted with a password in a file of its own (version 3, as geth has them).

A file has its account's name, as Foundry's do: `cast wallet` and `dcai account` can share a folder.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcai import configuration
from dcai.accounts.environment import KEYSTORE
from dcai.accounts.local_key import signer_of
from dcai.chain.addresses import checked_address
from dcai.configuration import checked_name, expanded
from dcai.errors import InvalidInput, WrongPassword
from dcai.untrusted import parse, shortened

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

# a file has some 500 bytes
_MOST_BYTES = 100_000

# What a file may ask of this machine before it can be opened; geth's own files ask for 2^18 and 2^18 (256 MiB).
_MOST_SCRYPT_BYTES = 2**30
_MOST_ROUNDS = 2**24
_MOST_PARALLEL = 16
_LONGEST_KEY = 64


class Keystore:
    """A folder of encrypted private keys.

    Parameters
    ----------
    folder : pathlib.Path, optional
        By default the one that the environment variable DCAI_KEYSTORE names, or the user's configuration, or else one
        in the user's folder for data.

    Attributes
    ----------
    folder : pathlib.Path
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = _usual_folder() if folder is None else expanded(folder)

    def __repr__(self) -> str:
        return f"<Keystore {self.folder}>"

    def names(self) -> list[str]:
        """Return the names of its accounts.

        Raises
        ------
        InvalidInput
            If the folder can't be read.
        """
        try:
            found = sorted(file.name for file in self.folder.iterdir() if file.is_file())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InvalidInput(f"The keystore {self.folder} can't be read: {error.strerror}.") from None
        return [name for name in found if configuration.NAME.fullmatch(name)]

    def address(self, name: str) -> str | None:
        """Return the address that the file of an account states, if it does: some tools leave it out.

        Raises
        ------
        InvalidInput
            If there is no such account, or its file is malformed.
        """
        stated = self._content(name).get("address")
        return None if stated is None else checked_address(stated)

    def make(self, name: str, password: str) -> LocalAccount:
        """Make a new private key, and keep it: see `add`."""
        return self.add(name, "0x" + secrets.token_hex(32), password)

    def add(self, name: str, key: str | LocalAccount, password: str) -> LocalAccount:
        """Keep a private key, encrypted with a password; return eth-account's account of it.

        Raises
        ------
        InvalidInput
            If the key, the name or the password is malformed, there is such an account, or the file can't be written.
        """
        checked_name(name, "An account")
        _check_new_password(password)
        signer = signer_of(key)
        file = self.folder / name
        if file.exists() or file.is_symlink():
            raise InvalidInput(f"There is an account {name} in {self.folder}; choose another name.")
        encrypted = json.dumps(signer.encrypt(password))
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # never over a file that somebody else has made meanwhile: it may be the only copy of a key
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(number, "w", encoding="utf-8") as opened:
                    opened.write(encrypted)
                    opened.flush()
                    os.fsync(opened.fileno())
            except BaseException:
                file.unlink()
                raise
        except OSError as error:
            raise InvalidInput(f"The account can't be kept in {file}: {error.strerror}.") from None
        return signer

    def unlock(self, name: str, password: str) -> LocalAccount:
        """Return eth-account's account of a key.

        Raises
        ------
        InvalidInput
            If there is no such account, or its file is malformed.
        WrongPassword
            If the password doesn't fit.
        """
        from eth_account import Account  # it takes half a second to import
        from eth_keyfile.keyfile import normalize_keys

        content = normalize_keys(self._content(name))  # as it is read
        if content.get("version") != 3:
            raise self._malformed(name)
        _check_effort(content, self.folder / name)
        try:
            signer = signer_of("0x" + bytes(Account.decrypt(content, password)).hex())
        except ValueError as error:
            if "MAC" in str(error):
                raise WrongPassword(f"The password doesn't open the account {name} in {self.folder}.") from None
            raise self._malformed(name) from None
        except (AssertionError, AttributeError, KeyError, NotImplementedError, OverflowError, TypeError):
            raise self._malformed(name) from None
        stated = self.address(name)
        if stated not in (None, signer.address):
            raise InvalidInput(
                f"{self.folder / name} states the address {stated}, and its key is that of {signer.address}: it isn't "
                "used."
            )
        return signer

    def _content(self, name: str) -> dict[str, Any]:
        checked_name(name, "An account")
        file = self.folder / name
        try:
            with file.open("rb") as opened:
                text = opened.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            known = f"it has {', '.join(self.names())}" if self.names() else "it has none yet"
            raise InvalidInput(
                f"There is no account {name} in {self.folder}: {known}; `dcai account new` makes one."
            ) from None
        except OSError as error:
            raise InvalidInput(f"{file} can't be read: {error.strerror}.") from None
        try:
            content = parse(text)
        except ValueError:
            content = None
        if not isinstance(content, dict) or len(text) > _MOST_BYTES:
            raise self._malformed(name)
        return content

    def _malformed(self, name: str) -> InvalidInput:
        return InvalidInput(f"{self.folder / name} is not a keystore file of version 3, as geth and Foundry write it.")


def _usual_folder() -> Path:
    from platformdirs import user_data_path

    named = os.environ.get(KEYSTORE)
    if named:
        return expanded(named)
    return configuration.load().keystore or user_data_path("dcai") / "keystore"


def _check_new_password(password: str) -> None:
    if not password:
        raise InvalidInput("A password must have at least one character; without one, the file is the key.")


def _check_effort(content: dict[str, Any], file: Path) -> None:
    """Refuse a file that would take hours or all memory to open."""
    crypto = content.get("crypto")
    asked = crypto.get("kdfparams") if isinstance(crypto, dict) else None
    if not isinstance(asked, dict):
        return
    numbers = {name: value for name, value in asked.items() if isinstance(value, int)}
    memory = 128 * numbers.get("n", 0) * numbers.get("r", 0)
    greedy = memory > _MOST_SCRYPT_BYTES or numbers.get("p", 1) > _MOST_PARALLEL
    if greedy or numbers.get("c", 0) > _MOST_ROUNDS or numbers.get("dklen", 0) > _LONGEST_KEY:
        raise InvalidInput(f"{file} asks for more work than a keystore does ({shortened(numbers)}): it isn't opened.")
