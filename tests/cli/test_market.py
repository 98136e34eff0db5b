"""`dcai market`: a whole market from the command line, and the failures of its commands."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

import dcai
from dcai.cli import app

WORDS = ("dull", "long", "grim", "weak", "fine", "wonderful", "moving", "bright")
STAKE = 4 * 10**9


@pytest.fixture(autouse=True)
def chain(node_chain):
    return node_chain


@pytest.fixture(scope="module")
def reviews(tmp_path_factory):
    """Return a CSV file of texts, half of each class."""
    path = tmp_path_factory.mktemp("data") / "reviews.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label"))
        for number in range(24):
            half = number % 2 * 4
            writer.writerow(
                (f"{WORDS[half + number % 4]} {WORDS[half + number // 2 % 4]}", ("bad", "good")[number % 2])
            )
    return path


@pytest.fixture(scope="module")
def model(reviews, tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "reviews.json"
    done = CliRunner().invoke(app, ["fit", str(reviews), "--model", "sparse-perceptron", "-o", str(path)])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def market(run, model):
    """Return the address of a market of three portions of two samples."""
    done = run(
        "deploy", model, "--incentive", "prediction-market", "--stake-wei", STAKE, "--portion-size", 2,
        "--portions", 3, "--draw-after", 2, "--participate", "1 day", "--yes",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def told(run, market):
    done = run("market", "status", market, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_market_is_provided_contributed_to_settled_and_told_from_the_command_line(
    run, chain, market, reviews, tmp_path
):
    secret = tmp_path / "secret.json"
    assert told(run, market)["phase"] == "prepared"

    assert run("market", "prepare", market, reviews, "-o", secret).exit_code == 0
    assert secret.stat().st_mode & 0o777 == 0o600
    assert run("market", "commit", market, secret, "--bounty-wei", 10 * STAKE, "--yes").exit_code == 0
    assert told(run, market)["phase"] == "participation"

    bob, carol = chain.accounts[1:3]
    trainer = dcai.attach(chain, market)
    trainer.contribute("dull and long", "bad", sender=bob)
    trainer.contribute("dull and long", "good", sender=carol)
    assert run("market", "settle", market, secret).exit_code == 1
    chain.request("evm_increaseTime", [86_400])
    chain.request("evm_mine", [])
    assert "reveal" in run("market", "status", market).stdout

    done = run("market", "settle", market, secret, "--json")
    assert done.exit_code == 0, done.output
    paid = json.loads(done.stdout)["paid_wei"]
    assert json.loads(done.stdout)["unpaid"] == []
    kept = {one.entry.author: one.entry.kept_wei for one in trainer.contributions()}
    assert sum(paid.values()) == 10 * STAKE + sum(kept.values())
    assert told(run, market)["phase"] == "payment"
    turns = json.loads(run("market", "scores", market, "--json").stdout)
    assert [turn["author"] for turn in turns] == [bob, carol]
    assert all(paid.get(turn["author"], 0) == kept[turn["author"]] + turn["gain"] * STAKE // 4 for turn in turns)
    assert bob in run("market", "scores", market).stdout
    assert trainer.audit().ok


def test_a_test_set_file_is_never_overwritten(run, market, reviews, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text("{}")

    done = run("market", "prepare", market, reviews, "-o", secret)

    assert done.exit_code == 2
    assert "exists" in done.stderr
    assert secret.read_text() == "{}"


def test_nothing_is_paid_in_unless_somebody_agrees(run, chain, market, reviews, tmp_path):
    secret = tmp_path / "secret.json"
    run("market", "prepare", market, reviews, "-o", secret)

    done = run("market", "commit", market, secret, "--bounty-wei", 10 * STAKE)

    assert done.exit_code == 1
    assert "Nothing was sent" in done.stderr
    assert chain.balance(market) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["settle"], 1, ["must commit"]),
        (["scores"], 1, ["must commit"]),
        (["commit", "reviews.csv", "--bounty-wei", "1", "--yes"], 2, ["can't be read"]),
    ],
    ids=str,
)
def test_what_cant_be_done_is_reported_in_one_sentence(run, market, arguments, code, words):
    command, *others = arguments

    done = run("market", command, market, *others)

    assert done.exit_code == code
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_another_incentives_trainer_is_not_a_market(run, model):
    address = run("deploy", model, "--yes").stdout.strip()

    done = run("market", "status", address)

    assert done.exit_code == 2
    assert "DepositRefundTake" in done.stderr


def test_a_market_needs_its_stake_and_its_portions(run, model):
    done = run("deploy", model, "--incentive", "prediction-market", "--yes")

    assert done.exit_code == 2
    assert "--stake-wei" in done.stderr


def test_the_status_of_a_market_of_turns_tells_what_a_turn_needs(run, chain, model, reviews, tmp_path):
    done = run(
        "deploy", model, "--incentive", "prediction-market", "--stake-wei", STAKE, "--portion-size", 2, "--portions", 3,
        "--draw-after", 2, "--participate", "1 day", "--turn-samples", 3, "--most-samples", 10, "--yes",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    market, secret = done.stdout.strip(), tmp_path / "secret.json"
    assert run("market", "prepare", market, reviews, "-o", secret).exit_code == 0
    assert run("market", "commit", market, secret, "--bounty-wei", 100 * STAKE, "--yes").exit_code == 0

    # three samples of ten burn 9 of 100 parts of the bounty
    assert told(run, market)["turn"] == {"samples": 3, "stakes_wei": 3 * STAKE, "fee_wei": 9 * STAKE}
    assert f"3 samples or more: {3 * STAKE:,} wei of stakes, and {9 * STAKE:,} of fees now" in shown(run, market)

    trainer = dcai.attach(chain, market)
    for _ in range(2):
        trainer.contribute_many(["dull and long"] * 4, ["bad"] * 4, sender=chain.accounts[1], progress=False)
    assert "3 samples, and 2 places are left" in shown(run, market)


def shown(run, market):
    """Return the table of a market's status in one line."""
    return " ".join(run("market", "status", market).stdout.replace("│", " ").split())
