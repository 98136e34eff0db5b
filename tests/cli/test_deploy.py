"""`dcai deploy` and `dcai predict`: output, transactions, questions and failures."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

import dcai
from dcai import datasets
from dcai.chain import Chain
from dcai.cli import app
from tests.support.node import KEYS, PEOPLE, free_port, running

HELLO, OFFER = "are we still on for lunch", "win a free prize now"


@pytest.fixture(autouse=True)
def chain(node_chain):
    return node_chain


@pytest.fixture(scope="module")
def spam(tmp_path_factory):
    """Return a model file of two classes of texts."""
    encoder = dcai.TextEncoder().fit([HELLO, OFFER])
    model = dcai.NaiveBayes(classes=("ham", "spam")).fit(encoder.transform([HELLO, OFFER]), [0, 1])
    path = tmp_path_factory.mktemp("models") / "spam.json"
    dcai.save(path, model, encoder)
    return path


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    """Return a model file for rows of three classes, as the command line makes it."""
    path = tmp_path_factory.mktemp("models") / "iris.json"
    done = CliRunner().invoke(app, ["fit", "iris", "--model", "nearest-centroid", "-o", str(path)])
    assert done.exit_code == 0
    return path


@pytest.fixture
def deployed(run):
    """Return a function that deploys a model file, and returns the address."""

    def deploy(path, *options):
        result = run("deploy", path, "--yes", *options)
        assert result.exit_code == 0, result.stderr
        return result.stdout.removesuffix("\n")

    return deploy


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
        assert f"{PEOPLE[0]}, 10,000.000000 ether" in result.stderr
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

    result = run("deploy", spam, "--yes")

    assert result.stdout == f"{address}\n"
    assert "unfinished: this goes on where it stopped" in " ".join(result.stderr.split())
    assert run("predict", address, HELLO).stdout == "ham\n"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--most-fee", "0.00001ether"], 1, "the limit is 1e-05 ether"),
        (["--most-tip", "1wei"], 1, "the limit is 1e-09 gwei"),
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


def test_the_same_again_is_refused_and_another_salt_is_not(deployed, run, chain, spam):
    first = deployed(spam)
    block = chain.block_number()
    result = run("deploy", spam, "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"exists already, complete, at {first}: attach to it, or choose another salt.\n" in result.stderr
    assert chain.block_number() == block
    assert deployed(spam, "--salt", 1) != first


def test_rows_are_given_as_json_and_the_class_is_that_of_the_file(deployed, run, iris):
    model, encoder = dcai.load(iris)
    address = deployed(iris)
    for row in ([5.1, 3.5, 1.4, 0.2], [6, 3, 5, 2]):
        told = json.loads(run("predict", address, json.dumps(row), "--json").stdout)
        scores = model.twin.scores_of(model.twin.pack(encoder.encode(row)))
        assert told == {
            "class": model.classes[scores.index(max(scores))],
            "scores": dict(zip(model.classes, scores, strict=True)),
        }


def test_an_explanation_in_json_adds_up_to_the_scores(deployed, run, iris):
    told = json.loads(run("predict", deployed(iris), "[5.1, 3.5, 1.4, 0.2]", "--explain", "--json").stdout)
    assert [one["name"] for one in told["features"]] == [
        "sepal length (cm)",
        "sepal width (cm)",
        "petal length (cm)",
        "petal width (cm)",
    ]
    for name, score in told["scores"].items():
        assert told["base"][name] + sum(one["contributions"][name] for one in told["features"]) == score


def cells(table):
    """Return the rows of a printed table, without the header."""
    lines = [line.strip("│").split("│") for line in table.splitlines() if line.startswith("│")]
    return {name.strip(): [number.strip().replace(",", "") for number in numbers] for name, *numbers in lines}


@pytest.mark.parametrize("columns", ["200", "40"])
def test_an_explanation_shows_each_word_the_most_telling_first_and_adds_up(deployed, run, spam, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    result = run("predict", deployed(spam), "Are we free? Free!", "--explain")
    assert result.stdout.startswith("spam\n") or result.stdout.startswith("ham\n")
    rows = cells(result.stdout)
    assert set(rows) == {"are", "we", "free", "base", "total"}
    assert list(rows)[-2:] == ["base", "total"]
    numbers = {name: list(map(int, row)) for name, row in rows.items()}
    influence = [abs(row[1] - row[0]) for row in list(numbers.values())[:-2]]
    assert influence == sorted(influence, reverse=True)
    for label in (0, 1):
        assert sum(row[label] for name, row in numbers.items() if name != "total") == numbers["total"][label]


def test_a_class_without_a_sample_has_no_scores(run, deployed, tmp_path):
    path = tmp_path / "young.json"
    assert CliRunner().invoke(app, ["fit", "iris", "--initial", "1", "-o", str(path)]).exit_code == 0
    address = deployed(path)
    told = json.loads(run("predict", address, "[5, 3, 1, 0]", "--explain", "--json").stdout)
    assert [told["scores"][name] is None for name in ("setosa", "versicolor", "virginica")].count(True) == 2
    assert told["scores"][told["class"]] is not None
    rows = cells(run("predict", address, "[5, 3, 1, 0]", "--explain").stdout)
    assert all(row.count("-") == 2 for row in rows.values())


def test_without_an_encoder_features_are_given_and_named_by_their_numbers(run, deployed, spam, tmp_path):
    path = tmp_path / "bare.json"
    dcai.save(path, dcai.load(spam)[0])
    address = deployed(path)
    assert set(cells(run("predict", address, "[0, 2]", "--explain").stdout)) == {
        "feature 0",
        "feature 2",
        "base",
        "total",
    }
    result = run("predict", address, "hello")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "'hello' is not a JSON list such as [1, 2]; this model takes a list of features, since it has no encoder.\n"
    )


def test_what_would_steer_a_terminal_is_not_printed(run, chain, deployed, tmp_path):
    path = tmp_path / "odd.json"
    model = dcai.NaiveBayes(classes=("\x1b[31mred", "[bold]blue")).fit([[1, 0], [0, 1]], [0, 1])
    dcai.save(path, model)
    result = run("predict", deployed(path), "[0]", "--explain")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\N{REPLACEMENT CHARACTER}[31mred\n" in result.stdout
    assert "[bold]blue" in result.stdout


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            "setosa",
            "'setosa' is not a JSON list such as [1, 2]; this model takes a number for each column, "
            "a text or null, or an object by the names of its columns.\n",
        ),
        ("3", "'3' is not a JSON list such as [1, 2]; "),
        ("[1, 2, 3]", "Row 0 has 3 values and this encoder 4 columns, "),
        ("[1, 2, 3, NaN]", "Row 0, column 3 ('petal width (cm)') holds nan; "),
        ("[1, 2, 3, null]", "Row 0, column 3 ('petal width (cm)') holds nan; "),
        ('{"petal width (cm)": 1}', "Row 0 has no column 'sepal length (cm)'; give every column"),
        ('[1, 2, 3, "x"]', "Row 0, column 3 holds 'x', which float64 can't hold"),
    ],
)
def test_a_row_that_is_none_is_one_sentence(deployed, run, iris, given, sentence):
    result = run("predict", deployed(iris), given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1


def test_a_row_may_be_by_the_names_of_its_columns(deployed, run, iris):
    address, names = deployed(iris), datasets.load("iris").feature_names
    by_name = json.dumps(dict(reversed(list(zip(names, [5.1, 3.5, 1.4, 0.2], strict=True)))))

    told = [run("predict", address, given, "--json") for given in ("[5.1, 3.5, 1.4, 0.2]", by_name)]

    assert told[0].stdout == told[1].stdout
    assert json.loads(told[1].stdout)["class"] == "setosa"


def test_a_text_without_a_known_word_is_one_sentence(deployed, run, spam):
    result = run("predict", deployed(spam), "zebra")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Nothing in 'zebra' is among the 11 features that this model knows")


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [("0x12", 2, "'0x12' is not an address"), (PEOPLE[0], 1, f"There is no contract at {PEOPLE[0]} on ")],
)
def test_an_address_without_a_trainer_is_one_sentence(run, address, code, words):
    result = run("predict", address, "hello")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(words)


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
        (("--minimum-wei", "0"), "minimum_wei must be a whole number from 1 to "),
        (("--salt", "-1"), "A salt is a whole number from 0 to 2^256 - 1, not -1."),
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
    assert "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A has 0.000000 ether, and 0." in result.stderr
    assert chain.block_number() == block


def test_a_node_without_accounts_asks_for_a_key(anvil, spam):
    with running(anvil, "--accounts", "0") as url:
        result = CliRunner().invoke(app, ["deploy", str(spam), "--url", url, "--yes"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"No account of {url} can send: put your private key into the environment variable DCAI_PRIVATE_KEY.\n"
    )


def test_a_node_that_is_not_there_is_one_sentence(spam):
    url = f"http://127.0.0.1:{free_port()}"
    for arguments in (["deploy", str(spam), "--yes"], ["predict", PEOPLE[0], "hello"]):
        result = CliRunner().invoke(app, [*arguments, "--url", url])
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"No node answers at {url} (up to ")
        assert result.stderr.count("\n") == 1
