"""Private keys in encrypted files: kept once, opened with their password alone, shared with other tools."""

from __future__ import annotations

import errno
import json
import stat
from pathlib import Path

import pytest
from eth_account import Account

from dcai import configuration
from dcai.accounts.keystore import Keystore
from dcai.errors import InvalidInput, WrongPassword

KEY = "0x" + "11" * 32
ADDRESS = Account.from_key(KEY).address


@pytest.fixture(scope="module")
def encrypted():
    """Return a file as geth writes it, with an effort that a test can afford."""
    return Account.encrypt(KEY, "correct horse", kdf="pbkdf2", iterations=10)


@pytest.fixture
def keystore(tmp_path, encrypted):
    (tmp_path / "alice").write_text(json.dumps(encrypted))
    return Keystore(tmp_path)


def test_a_key_that_is_added_opens_with_its_password_for_its_owner_only(tmp_path):
    keystore = Keystore(tmp_path / "new" / "folder")

    keystore.add("bob", KEY, "a password")

    assert keystore.unlock("bob", "a password").address == ADDRESS
    assert stat.S_IMODE((keystore.folder / "bob").stat().st_mode) == 0o600
    assert stat.S_IMODE(keystore.folder.stat().st_mode) == 0o700
    assert KEY[2:] not in (keystore.folder / "bob").read_text()


def test_another_password_is_refused_and_named_nowhere(keystore):
    with pytest.raises(WrongPassword) as refused:
        keystore.unlock("alice", "wrong horse")

    assert "alice" in str(refused.value)
    assert "horse" not in str(refused.value)


def test_an_account_is_never_overwritten_whatever_its_file_is(keystore, tmp_path):
    before = (tmp_path / "alice").read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("alice", "link"):
        with pytest.raises(InvalidInput, match="choose another name"):
            keystore.add(name, KEY, "a password")

    assert (tmp_path / "alice").read_bytes() == before
    assert not (tmp_path / "nowhere").exists()


def test_a_file_without_an_address_is_one_whose_address_is_unknown_until_it_is_opened(keystore, encrypted):
    as_foundry = {name: value for name, value in encrypted.items() if name != "address"}
    (keystore.folder / "carol").write_text(json.dumps(as_foundry))

    assert keystore.names() == ["alice", "carol"]
    assert (keystore.address("alice"), keystore.address("carol")) == (ADDRESS, None)
    assert keystore.unlock("carol", "correct horse").address == ADDRESS


@pytest.mark.parametrize("name", ["", "..", "a/b", "../alice", "-x", ".hidden", "z" * 65, "é", "a\n", None])
def test_a_name_that_could_leave_the_folder_or_read_as_an_option_is_refused(keystore, name):
    for act in (keystore.address, lambda name: keystore.add(name, KEY, "a password")):
        with pytest.raises(InvalidInput, match="An account has a name of"):
            act(name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"version": 3}',
        b'{"version": 1, "crypto": {}}',
        b'{"version": 4, "crypto": {}}',
        b'{"version": 3, "crypto": 5}',
        b'{"version": 3, "crypto": {"kdf": "scrypt", "kdfparams": {}}}',
        b'{"version": 3, "crypto": {"kdf": "none", "kdfparams": {}, "ciphertext": "zz"}}',
        b"[" * 100_000,
    ],
)
def test_a_file_of_something_else_is_one_sentence(tmp_path, content):
    (tmp_path / "odd").write_bytes(content)

    with pytest.raises(InvalidInput, match="odd is not a keystore file of version 3"):
        Keystore(tmp_path).unlock("odd", "a password")


@pytest.mark.parametrize(
    "effort",
    [
        {"n": 2**40, "r": 8, "p": 1},
        {"n": 2**18, "r": 8, "p": 1_000},
        {"c": 2**31},
        {"dklen": 2**30},
        {"N": 2**40, "R": 8},
    ],
)
@pytest.mark.parametrize("parameters", ["kdfparams", "KdfParams"])
def test_a_file_that_would_take_all_memory_or_hours_is_not_opened(keystore, encrypted, effort, parameters):
    greedy = json.loads(json.dumps(encrypted))
    greedy["crypto"][parameters] = greedy["crypto"].pop("kdfparams") | effort
    (keystore.folder / "greedy").write_text(json.dumps(greedy))

    with pytest.raises(InvalidInput, match="asks for more work"):
        keystore.unlock("greedy", "correct horse")


def test_a_missing_account_is_a_sentence_with_those_that_are_there(keystore, tmp_path):
    with pytest.raises(InvalidInput, match=r"There is no account bob in .*: it has alice"):
        keystore.unlock("bob", "a password")
    with pytest.raises(InvalidInput, match="it has none yet; `dcai account new`"):
        Keystore(tmp_path / "empty").unlock("bob", "a password")


def test_a_file_that_states_the_address_of_another_key_is_not_used(keystore, encrypted):
    (keystore.folder / "mallory").write_text(json.dumps({**encrypted, "address": "22" * 20}))

    with pytest.raises(InvalidInput, match="states the address 0x2222"):
        keystore.unlock("mallory", "correct horse")


def test_an_account_that_cannot_be_written_whole_leaves_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("dcai.accounts.keystore.os.fsync", full)

    with pytest.raises(InvalidInput, match="No space left on device"):
        Keystore(tmp_path).add("alice", KEY, "a password")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_password_keeps_nothing(tmp_path):
    with pytest.raises(InvalidInput, match="at least one character"):
        Keystore(tmp_path).make("alice", "")

    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_the_one_that_the_environment_names_before_that_of_the_configuration(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DCAI_KEYSTORE", raising=False)
    with configuration.edited() as document:
        document["keystore"] = "~/set"
    assert Keystore().folder == tmp_path / "set"

    monkeypatch.setenv("DCAI_KEYSTORE", "~/named")
    assert Keystore().folder == tmp_path / "named"
    assert Keystore(Path("~/given")).folder == tmp_path / "given"
