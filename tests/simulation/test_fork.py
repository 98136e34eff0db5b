"""Simulations on a copy of a trainer that is deployed on a node (here an anvil)."""

from __future__ import annotations

import json
import socket
import subprocess
from itertools import count

import pytest
from typer.testing import CliRunner

import dcai
from dcai import plugins
from dcai.cli import app
from dcai.errors import InvalidInput
from dcai.simulation import load_scenario, simulate
from dcai.simulation.data import encoder_for

SCENARIO = """
title = "Fork"
[data]
name = "{data}"
samples = 30
[incentive]
kind = "Gamified"
[[agents]]
kind = "Honest"
name = "good"
eagerness = 1
[[agents]]
kind = "LabelFlipper"
name = "bad"
every = "1 hour"
"""
HOUR = 3600
TERMS = dcai.DepositRefundTake(refund_after=HOUR, settle_after=HOUR, creator_take_after=8 * HOUR, take_after=9 * HOUR)


@pytest.fixture(scope="module")
def node(anvil):
    """Return the URL of a node."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen([str(anvil), "--silent", "--port", str(port)])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait()


@pytest.fixture(scope="module")
def publish(node):
    """Return a function that deploys a trainer on the node, with one contribution if that is simple."""
    chain, salts = dcai.connect(node), count()

    def published(incentive=TERMS, kind=dcai.SparsePerceptron, data="breast-cancer", *, with_encoder=True):
        dataset = dcai.datasets.load(data)
        encoder = encoder_for(dataset, kind, 1_000, 4)
        rows = encoder.transform(dataset.train_inputs[:20])
        model = kind(classes=dataset.labels).fit(rows, dataset.train_labels[:20])
        trainer = dcai.deploy(chain, model, incentive, encoder=encoder if with_encoder else None, salt=next(salts))
        if with_encoder and not isinstance(incentive, dcai.PredictionMarket):
            trainer.contribute(dataset.train_inputs[30], int(dataset.train_labels[30]))
        return trainer

    return published


@pytest.fixture
def fork(node, tmp_path):
    """Return a function that simulates a fork from the command line."""

    def forked(address, *more, data="breast-cancer", scenario=SCENARIO, url=node):
        file = tmp_path / "fork.toml"
        file.write_text(scenario.format(data=data))
        return CliRunner().invoke(app, ["simulate", str(file), "--fork", url, address, *more])

    return forked


@pytest.fixture
def simulated():
    """Return a function that runs `dcai simulate`, or another command, on a file."""
    return lambda *arguments, command="simulate": CliRunner().invoke(app, [command, *map(str, arguments)])


@pytest.mark.parametrize("incentive", [TERMS, dcai.Gamified(validate_after=HOUR)], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("kind", plugins.models().values(), ids=plugins.models())
def test_agents_play_on_a_copy_of_any_trainer(publish, fork, kind, incentive):
    trainer = publish(incentive, kind)

    answer = fork(trainer.address, "--json")

    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout, parse_constant=pytest.fail)
    assert (told["trainer"], told["contributed"], told["audit_problems"]) == (trainer.address, 30, [])
    assert told["accuracy"]["baseline"] is None


def test_the_real_trainer_is_left_alone_and_its_model_is_where_the_run_begins(publish, fork):
    trainer = publish()
    before = trainer.model().parameters(), trainer.chain.block_number()

    told = json.loads(fork(trainer.address, "--json").stdout)

    assert (trainer.model().parameters(), trainer.chain.block_number()) == before
    dataset = dcai.datasets.load("breast-cancer")
    rows = trainer.encoder.estimator().transform(dataset.test_inputs)
    assert told["accuracy"]["initial"] == pytest.approx(trainer.model().estimator().score(rows, dataset.test_labels))


def test_more_than_two_classes_are_matched_by_name(publish, fork):
    told = json.loads(fork(publish(data="iris").address, "--json", data="iris").stdout)

    assert (told["contributed"], told["audit_problems"]) == (30, [])


def test_what_others_have_open_there_can_be_taken(publish, fork):
    trainer = publish()
    dataset = dcai.datasets.load("breast-cancer")
    wrong = 1 - int(dataset.train_labels[31])
    trainer.contribute(dataset.train_inputs[31], wrong)

    told = json.loads(fork(trainer.address, "--json").stdout)

    good = told["agents"]["good"]
    assert good["done"]["report"] + good["done"].get("take", 0) > 0
    assert told["open"] == 0


def test_the_record_states_the_real_trainer_and_where_it_is(publish, fork, node, tmp_path):
    trainer, chain = publish(kind=dcai.NaiveBayes), dcai.connect(node)
    block = chain.request("eth_getBlockByNumber", ["latest", False])

    answer = fork(trainer.address, "--seed", "7", "--out", str(tmp_path / "out"))

    told = json.loads((tmp_path / "out" / "result.json").read_text())
    start = told["fork"]
    assert (start["chain_id"], start["block"], start["block_hash"]) == (31_337, int(block["number"], 16), block["hash"])
    assert (start["trainer"], start["creator"]) == (trainer.address, trainer.creator)
    scenario = told["scenario"]
    assert (scenario["model"], scenario["seed"]) == ({"kind": "NaiveBayes"}, 7)
    terms = {"kind": "DepositRefundTake", "refund_after": HOUR, "take_after": 9 * HOUR, "weight": 10**12}
    assert {key: scenario["incentive"][key] for key in terms} == terms
    assert told["versions"]["contract"] == "NaiveBayesDRT"
    words = " ".join(answer.stdout.split())
    assert f"A copy of the NaiveBayesDRT at {trainer.address}, block {start['block']:,} of chain 31337." in words


@pytest.fixture
def recorded(publish, fork, tmp_path):
    """Return a trainer, and the file with the record of a fork of it; the trainer has gone on since."""
    trainer = publish()
    assert fork(trainer.address, "--seed", "5", "--out", str(tmp_path / "out")).exit_code == 0
    dataset = dcai.datasets.load("breast-cancer")
    trainer.contribute(dataset.train_inputs[33], 1 - int(dataset.train_labels[33]))
    return trainer, tmp_path / "out" / "result.json"


def test_the_record_of_a_fork_begins_with_the_same_block_again_and_is_the_same_run(recorded, node, simulated):
    trainer, file = recorded

    again = simulated(file, "--fork", node, trainer.address.lower(), "--json")

    assert again.exit_code == 0, again.output
    told, before = json.loads(again.stdout), json.loads(file.read_text())
    assert told["digest"] == before["digest"]
    assert told["fork"] == before["fork"]
    assert told["scenario"] == before["scenario"]
    assert f"The same run as that of {file}: its digest is {before['digest']}, too." in again.stderr


@pytest.mark.parametrize("command", ["simulate", "sweep"])
def test_the_record_of_a_fork_is_not_run_without_its_node(recorded, command, simulated, tmp_path):
    trainer, file = recorded

    answer = simulated(file, "--out", tmp_path / "none", command=command)

    assert answer.exit_code == 2
    assert f"This run begins with the trainer at {trainer.address}, block" in answer.stderr
    assert f"dcai simulate FILE --fork URL {trainer.address}" in answer.stderr
    assert not (tmp_path / "none").exists()
    with pytest.raises(InvalidInput, match="simulate_fork"):
        simulate(load_scenario(file))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("trainer", "0x" + "11" * 20, "block {block} of chain 31337, not with the one at {address}"),
        ("chain_id", 1, "and the node is of chain 31337; name a node of that chain"),
        ("block", 10**6, "the node has no such block yet"),
        ("block_hash", "0x" + "22" * 32, "the node has another block there, 0x"),
    ],
)
def test_the_record_of_a_fork_of_another_state_is_refused(recorded, node, simulated, key, value, words):
    trainer, file = recorded
    told = json.loads(file.read_text())
    told["scenario"]["fork"][key] = value
    file.write_text(json.dumps(told))

    answer = simulated(file, "--fork", node, trainer.address)

    assert answer.exit_code == 2
    assert answer.stderr.count("\n") == 1
    assert words.format(block=told["fork"]["block"], address=trainer.address) in answer.stderr
    assert "leave the table `fork` out" in answer.stderr


@pytest.mark.parametrize(
    "setting", ["incentive.base=30", "model.kind=NaiveBayes", "data.initial=5", "data.bins=5", "data.vocabulary=9"]
)
def test_what_has_no_effect_on_a_fork_is_refused_by_name(publish, fork, setting):
    answer = fork(publish().address, "--set", setting)

    assert answer.exit_code == 2
    assert f"{setting.partition('=')[0]} has no effect" in answer.stderr


def test_what_real_contributors_lost_to_agents_is_told_apart(publish, fork):
    trainer = publish()
    dataset = dcai.datasets.load("breast-cancer")
    deposit = 10**17
    real = trainer.contribute(
        dataset.train_inputs[31], 1 - int(dataset.train_labels[31]), deposit_wei=deposit, force=True
    )

    answer = fork(trainer.address, "--json")

    good = json.loads(answer.stdout)["agents"]["good"]
    assert real.entry.deposit_wei == deposit
    assert 0 < good["outside_wei"] <= good["received_wei"]
    alone = json.loads(fork(publish().address, "--json").stdout)
    assert alone["fork"]["open_batches"] == 0
    assert alone["agents"]["bad"]["outside_wei"] < deposit


def test_batches_of_real_contributors_are_left_alone(publish, fork):
    agents = ("FlipReportUnflip", "Sniper", "Copycat", "SybilRing", "Flooder")
    others = "".join(f'[[agents]]\nkind = "{kind}"\nname = "{kind}"\nevery = "7 minutes"\n' for kind in agents)
    dataset = dcai.datasets.load("breast-cancer")
    for incentive in (TERMS, dcai.Gamified(validate_after=HOUR, settle_after=0)):
        trainer = publish(incentive)
        trainer.contribute_many(dataset.train_inputs[40:44], [1 - int(label) for label in dataset.train_labels[40:44]])

        told = json.loads(fork(trainer.address, "--json", scenario=SCENARIO + others).stdout)

        assert (told["stopped"], told["audit_problems"]) == (None, [])
        assert told["fork"]["open_batches"] == 1


def test_a_trainer_without_an_encoder_takes_data_encoded_as_the_file_says(publish, fork):
    trainer = publish(with_encoder=False)

    assert fork(trainer.address).exit_code == 0
    other = fork(trainer.address, "--set", "data.bins=5")

    assert other.exit_code == 2
    assert "which published no encoder; set data.vocabulary or data.bins" in other.stderr


def test_a_table_and_a_report_without_what_is_not_known(publish, fork, tmp_path):
    answer = fork(publish().address, "--out", str(tmp_path / "out"))

    assert "nan" not in answer.stdout.replace("malignant", "")
    assert "nan%" not in (tmp_path / "out" / "report.html").read_text()


def test_a_market_is_refused_with_the_reason(publish, fork):
    market = publish(dcai.PredictionMarket(stake_wei=9 * 10**14, portion_size=2))

    answer = fork(market.address)

    assert answer.exit_code == 2
    assert f"{market.address} is a prediction market" in answer.stderr
    assert "only its provider can reveal decides" in answer.stderr


def test_nobody_provides_a_fork(publish, fork):
    market = SCENARIO.replace('"Gamified"', '"PredictionMarket"\nstake = 9e14\nbounty = 10\nportion_size = 2')

    answer = fork(publish().address, scenario=market.replace("Honest", "Provider").replace("eagerness = 1", ""))

    assert answer.exit_code == 2
    assert "'good' plays the trainer's creator" in answer.stderr


def test_data_of_other_classes_is_refused(publish, fork):
    answer = fork(publish().address, data="iris")

    assert answer.exit_code == 2
    assert (
        "The trainer's classes are malignant, benign, those of iris are setosa, versicolor, virginica" in answer.stderr
    )


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("0x" + "00" * 20, "There is no contract at 0x" + "00" * 20),
        ("0x4e59b44847b379578588920cA78FbF26c0B4956C", "0x4e59b44847b379578588920cA78FbF26c0B4956C"),
        ("0x12", "'0x12' is not an address"),
    ],
)
def test_where_no_trainer_is_one_sentence_says_so(fork, address, words):
    answer = fork(address)

    assert answer.exit_code in (1, 2)
    assert words in answer.stderr
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "No node answers at http://127.0.0.1:1"),
        ("nowhere", "'nowhere' is not the address of a node"),
    ],
)
def test_where_no_node_is_one_sentence_says_so(fork, url, words):
    answer = fork("0x" + "00" * 20, url=url)

    assert answer.exit_code in (1, 2)
    assert words in answer.stderr
    assert "Traceback" not in answer.output
