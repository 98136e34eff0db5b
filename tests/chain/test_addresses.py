"""An address in letters of both cases has a checksum, which must fit, wherever an address is taken."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import dcai
from dcai.chain import Call
from dcai.chain.addresses import checked_address
from dcai.cli import app
from dcai.errors import InvalidInput

RIGHT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # of EIP-55
WRONG = [RIGHT.replace("aA", "Aa"), RIGHT[:-1] + "D", RIGHT[:-2] + "de", "0X" + RIGHT[2:-1] + "D"]


@pytest.mark.parametrize(
    "given", [RIGHT, RIGHT.lower(), "0x" + RIGHT[2:].upper(), "0X" + RIGHT[2:], RIGHT.upper(), "0X" + RIGHT[2:].lower()]
)
def test_an_address_is_taken_with_its_checksum_or_without_one(given):
    assert checked_address(given) == RIGHT


@pytest.mark.parametrize("wrong", WRONG)
def test_a_checksum_that_does_not_fit_is_refused_everywhere(chain, launch, people, monkeypatch, wrong):
    trainer = launch()
    for take in (
        lambda: checked_address(wrong),
        lambda: dcai.attach(chain, wrong),
        lambda: chain.account(wrong),
        lambda: chain.balance(wrong),
        lambda: chain.code(wrong),
        lambda: chain.logs(wrong),
        lambda: chain.send(wrong, sender=people[0], value=1),
        lambda: Call(wrong, value=1),
        lambda: trainer.contribute([1], "yes", sender=wrong),
        lambda: trainer.good(wrong),
    ):
        with pytest.raises(InvalidInput, match="its capital letters are a checksum, which doesn't fit") as caught:
            take()
        assert RIGHT not in str(caught.value)

    monkeypatch.setattr("dcai.cli.node.connect", lambda url, **_: chain)
    done = CliRunner().invoke(app, ["predict", wrong, "hello"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"'{wrong}' is not an address: its capital letters")


@pytest.mark.parametrize(
    "wrong", ["0x" + "1" * 39, "0x" + "1" * 41, "0y" + "1" * 40, "0x" + "\u0661" * 40, " " + RIGHT, b"", 5]
)
def test_what_has_another_form_is_not_an_address(wrong):
    with pytest.raises(InvalidInput, match="40 hexadecimal digits"):
        checked_address(wrong)
