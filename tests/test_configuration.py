"""What a user has set once, in a file that people edit, too."""

from __future__ import annotations

import stat

import pytest

from dcai import configuration
from dcai.configuration import Network, edited, load
from dcai.errors import InvalidInput

FILE = """\
# mine
network = "sepolia"

[networks.sepolia]
url_variable = "SEPOLIA_URL"  # has a key in it
chain_id = 11155111
trainers = { films = "0x52908400098527886E0F7030069857D2E4169EE7" }
"""


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    configuration.file().parent.mkdir()
    return configuration.file()


def test_without_a_file_nothing_is_set():
    assert load() == configuration.Configuration()


def test_a_network_whose_address_is_in_the_environment_is_read_from_there(file, monkeypatch):
    file.write_text(FILE)
    network = load().find("sepolia")

    with pytest.raises(InvalidInput, match="SEPOLIA_URL, which isn't set"):
        network.node()
    monkeypatch.setenv("SEPOLIA_URL", "https://node.example/v3/secret")
    assert network.node() == "https://node.example/v3/secret"


def test_what_is_edited_keeps_the_comments_and_is_read_by_its_owner_alone(file):
    file.write_text(FILE)

    with edited() as document:
        document["account"] = "alice"

    assert load().account == "alice"
    assert "# has a key in it" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_would_become_malformed_is_not_written(file):
    file.write_text(FILE)

    with pytest.raises(InvalidInput, match="chain id"), edited() as document:
        document["networks"]["sepolia"]["chain_id"] = 0

    assert file.read_text() == FILE


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("network = ", "malformed"),
        ("colour = 1", "'colour'"),
        ("networks = 5", "table of tables"),
        ("[networks.x]\nurl = 'http://a'", "no chain_id"),
        ("[networks.x]\nurl = 'http://a'\nchain_id = 'one'", "'one'"),
        ("[networks.x]\nurl = 'http://a'\nchain_id = true", "True"),
        ("[networks.x]\nchain_id = 1", "either a url"),
        ("[networks.x]\nurl = 'ftp://a'\nchain_id = 1", "http://"),
        ("[networks.x]\nurl = 5\nchain_id = 1", "http://"),
        ("[networks.x]\nurl_variable = 'A B'\nchain_id = 1", "environment variable"),
        ("[networks.x]\nurl = 'http://a'\nchain_id = 1\ntrainers = 5", "a table"),
        ("[networks.x]\nurl = 'http://a'\nchain_id = 1\ntrainers = {films = '0x5'}", "not an address"),
        (f"[networks.x]\nurl = 'http://a'\nchain_id = 1\ntrainers = {{0x{40 * 'a'} = '0x{40 * 'b'}'}}", "nickname"),
        ("[networks.x]\nurl = 'http://a'\nchain_id = 1\ncolour = 1", "'colour'"),
        ("network = 5", "not 5"),
        ("keystore = 5", "folder"),
    ],
)
def test_a_malformed_file_is_one_sentence_that_names_the_file_and_the_fault(file, content, named):
    file.write_text(content)

    with pytest.raises(InvalidInput, match=r"config\.toml is malformed") as refused:
        load()
    assert named in str(refused.value)


def test_an_unknown_network_is_a_sentence_with_those_that_are_known(file):
    with pytest.raises(InvalidInput, match="none is known yet"):
        load().find("sepolia")
    file.write_text(FILE)
    with pytest.raises(InvalidInput, match="'mainnet': the known ones are sepolia"):
        load().find("mainnet")


def test_an_address_with_a_key_in_it_is_not_named_by_an_error():
    with pytest.raises(InvalidInput) as refused:
        Network("x", 1, url="ftp://user:secret@node")

    assert "secret" not in str(refused.value)
