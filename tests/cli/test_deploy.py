"""`dcai deploy`: output, transactions, questions and failures."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

import dcai
from dcai.chain import Chain
from dcai.cli import app
from tests.cli.conftest import HELLO
from tests.support.node import KEYS, PEOPLE, free_port, running


@pytest.fixture(autouse=True)
def chain(node_chain):
    return node_chain


def test_the_address_alone_is_printed_and_is_all_that_a_prediction_needs(deployed, run, chain, spam):
    address = deployed(spam)
    assert dcai.attach(chain, address).name == "spam"
    result = run("predict", address, "Lunch?")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "ham\n", "")
    assert run("predict", address, "A free PRIZE").stdout == "spam\n"


def test_who_has_a_key_in_the_environment_pays(deployed, chain, spam, monkeypatch):
    assert dcai.attach(chain, deployed(spam)).creator == PEOPLE[0]
    before = chain.balance(PEOPLE[2])
    monkeypatch.setenv("DCAI_PRIVATE_KEY", KEYS[2])
    assert dcai.attach(chain, deployed(spam)).creator == PEOPLE[2]
    assert chain.balance(PEOPLE[2]) < before


def test_the_terms_and_the_name_are_those_asked_for(deployed, chain, spam):
    options = {
        "--name": "SMS spam",
        "--refund-after": "36 hours",
        "--settle-after": "3600",
        "--creator-take-after": "5 days",
        "--take-after": "1 week",
        "--weight-wei": "7",
        "--minimum-wei": "3",
        "--size-unit": "20",
    }
    trainer = dcai.attach(chain, deployed(spam, *(word for pair in options.items() for word in pair)))
    assert trainer.name == "SMS spam"
    assert trainer.incentive.times() == (129_600, 3600, 432_000, 604_800)
    assert (trainer.incentive.weight_wei, trainer.incentive.minimum_wei, trainer.incentive.size_unit) == (7, 3, 20)


def test_gamified_is_deployed_with_its_settings(deployed, chain, spam):
    options = ("--base", "20", "--validate-after", "60", "--settle-after", "2 days", "--size-unit", "50")
    trainer = dcai.attach(chain, deployed(spam, "--incentive", "gamified", *options))

    expected = dcai.Gamified(base=20, validate_after=60, settle_after="2 days", size_unit=50)
    assert (trainer.incentive.packed(), trainer.incentive.size_unit) == (expected.packed(), 50)


def test_a_setting_of_another_incentive_is_one_sentence(run, chain, spam):
    for incentive, option in (("gamified", "--weight-wei"), ("deposit-refund-take", "--base")):
        result = run("deploy", spam, "--yes", "--incentive", incentive, option, "3")
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{option} is not a setting of {incentive}" in result.stderr


def test_the_leaderboard_is_a_table_or_json(deployed, run, chain, spam):
    trainer = dcai.attach(chain, deployed(spam, "--incentive", "gamified", "--validate-after", "1"))
    assert run("leaderboard", trainer.address).stdout == "Nobody has earned anything yet.\n"
    mine = trainer.contribute(HELLO, trainer.predict(HELLO), sender=PEOPLE[1])
    chain.request("evm_increaseTime", [5])
    chain.request("evm_mine", [])
    points = mine.validate()

    table, told = run("leaderboard", trainer.address), run("leaderboard", trainer.address, "--json")
    assert (table.exit_code, told.exit_code) == (0, 0)
    assert str(points) in table.stdout
    assert json.loads(told.stdout) == [
        {"person": PEOPLE[1], "points": points, "validated": 1, "streak": 1, "badges": ["first contribution"]}
    ]


def test_where_nobody_earns_points_the_leaderboard_says_so(deployed, run, spam):
    result = run("leaderboard", deployed(spam))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "its incentive is DepositRefundTake" in result.stderr


def test_what_it_will_cost_is_reported_and_comes_true(run, chain, spam):
    for shared in (True, False):  # the second needs none of the contracts that the first brought
        before = chain.balance(PEOPLE[0])
        made = json.loads(run("deploy", spam, "--yes", "--json", "--salt", int(shared)).stdout)
        assert made["estimate"]["gas"] == pytest.approx(made["gas_used"], rel=0.01)
        assert (made["gas_used"] > 2_000_000) is shared
        # the base fee of an idle chain falls
        assert before - chain.balance(PEOPLE[0]) == pytest.approx(made["estimate"]["wei"], rel=0.5)
        assert dcai.attach(chain, made["address"], first_block=made["first_block"]).audit().ok


def test_it_asks_before_it_sends(run, chain, spam):
    block = chain.block_number()
    for answer in ("n\n", None):
        result = run("deploy", spam, answer=answer)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"{PEOPLE[0]}, 10,000 ether" in result.stderr
        assert "gwei" in result.stderr
        assert result.stderr.endswith("\nNothing was sent.\n") or result.stderr.endswith(" Nothing was sent.\n")
    assert chain.block_number() == block
    result = run("deploy", spam, answer="y\n")
    assert (result.exit_code, result.stdout[:2], len(result.stdout)) == (0, "0x", 43)


def test_the_address_is_told_before_anything_is_sent(run, chain, spam):
    asked = run("deploy", spam, answer="n\n")
    address = re.search("0x[0-9a-fA-F]{40}", asked.stderr.partition("address")[2])[0]

    assert run("deploy", spam, "--yes").stdout == f"{address}\n"


def test_an_interrupted_deployment_is_shown_as_unfinished_and_goes_on(run, chain, spam, monkeypatch):
    sends = iter([True] * 3)  # the factory, the implementation, and the trainer's first transaction
    sending = Chain.execute

    def interrupted(*given):
        if not given[0].is_local and not next(sends, False):
            raise KeyboardInterrupt
        return sending(*given)

    monkeypatch.setattr(Chain, "execute", interrupted)
    told = run("deploy", spam, "--yes")
    monkeypatch.undo()
    address = re.search("0x[0-9a-fA-F]{40}", told.stderr.partition("address")[2])[0]
    assert (told.exit_code, told.stdout) == (130, "")
    result = run("predict", address, HELLO)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is unfinished" in result.stderr

    result = run("deploy", spam, "--yes", "--json")
    made = json.loads(result.stdout)

    assert made["address"] == address
    assert made["estimate"]["gas"] == pytest.approx(made["gas_used"], rel=0.01)
    assert "unfinished: this goes on where it stopped" in " ".join(result.stderr.split())
    assert run("predict", address, HELLO).stdout == "ham\n"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--most-fee", "0.00001ether"], 1, "the limit is 0.00001 ether"),
        (["--most-tip", "1wei"], 1, "the limit is 0.000000001 gwei"),
        (["--most-fee", "much"], 2, "--most-fee"),
        (["--most-tip", "1.5"], 2, "--most-tip"),
        (["--chain-id", "1"], 1, "is a node of chain 31337, not 1;"),
    ],
)
def test_limits_and_the_chain_are_options(run, chain, spam, monkeypatch, options, code, words):
    monkeypatch.setenv("DCAI_PRIVATE_KEY", KEYS[2])
    block = chain.block_number()

    result = run("deploy", spam, "--yes", *options)

    assert (result.exit_code, result.stdout) == (code, "")
    assert words in result.stderr
    assert chain.block_number() == block
    allowed = ["--most-fee", "0.5 ether", "--most-tip", "5 gwei", "--chain-id", "31337"]
    assert run("deploy", spam, "--yes", *allowed).exit_code == 0


@pytest.mark.parametrize("given", ["90", "2 minutes"])
def test_how_long_a_transaction_is_waited_for_is_an_option_of_every_command_that_sends(run, chain, spam, given):
    assert run("deploy", spam, "--yes", "--patience", given).exit_code == 0
    for command in ("commit", "open", "settle", "forfeit"):
        assert "--patience" in run("market", command, "--help").stdout


def test_the_same_again_is_refused_and_another_salt_is_not(deployed, run, chain, spam):
    first = deployed(spam)
    block = chain.block_number()
    result = run("deploy", spam, "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"exists already, complete, at {first}: attach to it, or choose another salt.\n" in result.stderr
    assert chain.block_number() == block
    assert deployed(spam, "--salt", 1) != first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file {path}; `dcai fit` makes one."),
        ("hello", "'{path}' is not a model file, since it is not JSON"),
        ("{}", "'{path}' is not a model file: it has no format 'dcai-model'"),
        ('{"format": "dcai-model", "version": 2}', "'{path}' was made by another release of dcai: it has version 2, "),
    ],
)
def test_a_file_that_holds_no_model_is_one_sentence(run, tmp_path, content, words):
    path = tmp_path / "model.json"
    if content is not None:
        path.write_text(content)
    result = run("deploy", path, "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(words.format(path=path))
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--refund-after", "soon"), "'soon' is not a duration; "),
        (("--take-after", "1 day"), "The times must be in order: "),
        (("--refund-after", "0"), "The times must be in order: --refund-after at least 1 second, --refund-after + "),
        (("--salt", "x"), "--salt must be a whole number, not 'x'."),
        (("--salt", "1.5"), "--salt must be a whole number, not '1.5'."),
        (("--salt", str(2**256)), f"--salt must be {2**256 - 1} or less, not "),
        (("--chain-id", "x"), "--chain-id must be a whole number, not 'x'."),
        (("--chain-id", "0"), "--chain-id must be 1 or more, not '0'."),
        (("--patience", "soon"), "'soon' is not a duration; "),
        (("--patience", "0"), "A transaction is waited for at least a second, not 0 (--patience)."),
        (("--minimum-wei", "0"), "minimum_wei must be a whole number from 1 to "),
        (("--salt", "-1"), "--salt must be 0 or more, not '-1'."),
        (("--name", "a\nb"), "A name or label is one line of text, not 'a\\nb'."),
    ],
)
def test_terms_that_cannot_be_are_refused_before_anything_is_asked(run, chain, spam, options, words):
    block = chain.block_number()
    result = run("deploy", spam, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(words)
    assert result.stderr.count("\n") == 1
    assert chain.block_number() == block


@pytest.mark.parametrize("key", ["0x12", "hello", "0x" + 64 * "0", PEOPLE[0]])
def test_a_malformed_key_is_reported_without_repeating_it(run, spam, monkeypatch, key):
    monkeypatch.setenv("DCAI_PRIVATE_KEY", key)
    result = run("deploy", spam, "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "DCAI_PRIVATE_KEY does not hold a private key, which is 0x and 64 hexadecimal digits"
    )
    assert key not in result.stderr


def test_an_account_without_money_is_told_what_it_needs(run, chain, spam, monkeypatch):
    block = chain.block_number()
    monkeypatch.setenv("DCAI_PRIVATE_KEY", "0x" + 64 * "1")
    result = run("deploy", spam, "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A has 0 ether, and 0." in result.stderr
    assert chain.block_number() == block


def test_a_node_without_accounts_asks_for_a_key(anvil, spam):
    with running(anvil, "--accounts", "0") as url:
        result = CliRunner().invoke(app, ["deploy", str(spam), "--url", url, "--yes"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"No account of {url} can send: make one with `dcai account new`, or put your private key into the environment "
        "variable DCAI_PRIVATE_KEY.\n"
    )


def test_a_node_that_is_not_there_is_one_sentence(spam):
    url = f"http://127.0.0.1:{free_port()}"
    for arguments in (["deploy", str(spam), "--yes"], ["predict", PEOPLE[0], "hello"]):
        result = CliRunner().invoke(app, [*arguments, "--url", url])
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"No node answers at {url} (up to ")
        assert result.stderr.count("\n") == 1
