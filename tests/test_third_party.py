"""A third party's model, incentive and agent, in one folder: everything knows them without an edit of ours."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

import dcai
from dcai import artifacts, plugins
from dcai.errors import ContractReverted, InvalidInput
from dcai.models import NaiveBayes, SparsePerceptron, save
from dcai.models.twins.lanes import UINT16
from dcai.simulation import agents, scenario_of, simulate
from dcai.simulation.agents.base import kinds
from dcai.testing import check_incentive, check_model, incentive_checks, model_checks
from dcai.trainer import products
from scripts.compile import ROOT
from tests.support import third_party

FULL = 65_535
LEARNING = "it_learns_and_answers_what_the_twin_does"

SCENARIO = {
    "title": "Pledges",
    "data": {"name": "breast-cancer", "samples": 40, "initial": 10},
    "model": {"kind": "MajorityClass"},
    "incentive": {"kind": "Pledge", "pledge": 10**15, "after": "2 hours"},
    "agents": [{"kind": "Pledger", "name": "they"}, {"kind": "Honest", "name": "ours"}],
}


@pytest.fixture(scope="module")
def chain(anvil):
    with dcai.local_chain("anvil") as chain:
        yield chain


@pytest.fixture(scope="module")
def contracts():
    return third_party.compiled()


@pytest.fixture(scope="module")
def site(contracts, tmp_path_factory):
    """Return the folder that the package is installed in."""
    theirs = {name: one for name, one in contracts.items() if not name.endswith(("Leaking", "Forgetting"))}
    return third_party.installed(theirs, tmp_path_factory.mktemp("third"))


@pytest.fixture(scope="module")
def pledge(site):
    """Return the package, imported as `dcai --plugin pledge` does."""
    sys.path.append(str(site))
    plugins.use("pledge")
    yield importlib.import_module("pledge")
    sys.path.remove(str(site))


@pytest.fixture
def command(site, tmp_path):
    """Return a function that runs `dcai` where the package is installed, as a process of its own."""
    paths = os.pathsep.join([str(site), str(ROOT)])

    def run(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "dcai", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": paths, "COLUMNS": "200", **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return run


def test_the_recipe_names_every_file_of_the_folder_and_their_number():
    recipe = (ROOT / "CONTRIBUTING.md").read_text().partition("## A package of your own")[2].partition("\n## ")[0]
    files = [path for path in third_party.FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts]

    counts = re.findall(r"\b(\d+) (?:contracts|of the incentive)", recipe)
    assert int(re.search(r"It has (\d+) files", recipe)[1]) == len(files)
    # and one each of the project file, the package, the model and the agent
    assert sum(map(int, counts)) + 4 == len(files)
    folders = ("contracts", "commands")
    assert all(f"`{path.name}`" in recipe for path in files if path.parent.name not in folders)


# Installed


def test_installed_it_shows_in_the_help_of_dcai_and_of_deploy(command):
    assert re.search(r"pledges +Print the pledges that are still open", command("--help").stdout)
    shown = command("deploy", "--help").stdout
    assert "prediction-market|pledge" in shown or "pledge|prediction-market" in shown
    assert re.search(r"--pledge-wei +WEI +What a sample costs\. \[1000\]", shown)
    assert re.search(
        r"--after +DURATION +From a contribution until its author gets the pledge back\. \[1 hour\]", shown
    )
    assert "majority-class" in command("fit", "--help").stdout


def test_what_has_no_contract_is_refused_by_the_command(pledge, run, tmp_path):
    file = tmp_path / "model.json"
    save(file, NaiveBayes(("0", "1")).fit([[0, 1]], [1]))

    refused = run("deploy", file, "--yes", "--incentive", "pledge")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "There is no contract for NaiveBayes with Pledge.\n"


def test_installed_it_is_deployed_and_asked_by_commands(command, node, tmp_path):
    file = tmp_path / "model.json"
    fitted = command("fit", "breast-cancer", "--model", "majority-class", "-o", file)
    assert fitted.returncode == 0, fitted.stderr

    made = command("deploy", file, "--yes", "--url", node, "--incentive", "pledge", "--pledge-wei", "77", "--salt", 3)

    assert made.returncode == 0, made.stderr
    address = made.stdout.strip()
    assert command("pledges", address, "--url", node).stdout == ""
    assert command("predict", address, "[" + "1, " * 29 + "1]", "--url", node).returncode == 0


def test_named_on_the_command_line_it_needs_no_installation(site, tmp_path):
    run = [sys.executable, "-m", "dcai"]
    (tmp_path / "pledge").symlink_to(site / "pledge")  # in the current folder, without the package's entry point
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    shown = subprocess.run(
        [*run, "--plugin", "pledge", "deploy", "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    bare = subprocess.run([*run, "deploy", "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert "--pledge-wei" in shown.stdout
    assert "--pledge-wei" not in bare.stdout


def test_it_runs_in_a_scenario_file_with_a_model_and_an_agent_of_theirs(command, anvil, tmp_path):
    (tmp_path / "pledges.toml").write_text(
        'title = "Pledges"\n[data]\nname = "breast-cancer"\nsamples = 40\ninitial = 10\n'
        '[model]\nkind = "MajorityClass"\n'
        '[incentive]\nkind = "Pledge"\npledge = 1e15\nafter = "2 hours"\n'
        '[[agents]]\nkind = "Pledger"\nname = "they"\n[[agents]]\nkind = "Honest"\nname = "ours"\n'
    )

    done = command("simulate", "pledges.toml", "--json", DCAI_ANVIL=str(anvil))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["contributed"] == 30


# In Python


def test_ours_are_found_by_their_names_whatever_others_call_theirs(chain, pledge):
    @dataclass(frozen=True)
    class DepositRefundTake(pledge.Pledge):
        suffix = "PerceptronDRT"

    class NaiveBayes(pledge.MajorityClass):
        twin_type = pledge.MajorityClass.twin_type

    class Honest(agents.Honest):
        pass

    try:
        assert plugins.incentives()["DepositRefundTake"] is dcai.DepositRefundTake
        assert plugins.models()["NaiveBayes"] is dcai.NaiveBayes
        assert kinds()["Honest"] is agents.Honest
        model = SparsePerceptron(("0", "1")).fit([[0, 1]], [1])
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake())
        assert type(dcai.attach(chain, trainer.address)) is type(trainer)
    finally:
        del DepositRefundTake, NaiveBayes, Honest
        gc.collect()


def test_simulated_every_pledge_comes_back(anvil, pledge):
    scenario = scenario_of(SCENARIO, "a test")

    result = simulate(scenario, seed=1)

    assert (result.stopped, result.problems, result.contributed) == (None, (), 30)
    assert sum(one.done.get("collect", 0) for one in result.outcomes) == 30
    assert all(one.open_wei == 0 for one in result.outcomes)


def test_another_process_finds_what_a_scenario_names(pledge, site, tmp_path):
    ours = {**SCENARIO, "incentive": {"kind": "DepositRefundTake"}, "agents": [{"kind": "Honest", "name": "ours"}]}
    (tmp_path / "pledge").symlink_to(site / "pledge")  # not installed there: nothing else names it
    code = (
        "import pickle, sys; from dcai import plugins\n"
        "scenario = pickle.load(sys.stdin.buffer)\n"
        "print(scenario.model.kind in plugins.models(), scenario.incentive.kind in plugins.incentives())"
    )
    for scenario in (ours, SCENARIO):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=pickle.dumps(scenario_of(scenario, "a test")),
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
            capture_output=True,
            check=True,
        )
        assert done.stdout == b"True True\n"


def test_a_term_that_is_wrong_in_a_scenario_is_reported_like_ours(pledge):
    for change, words in (
        ({"pledge": -1}, "incentive.pledge must be greater than or equal to 0, not -1"),
        ({"pledge": 0}, "pledge_wei must be a whole number from 1 to "),
        ({"wait": 1}, "the key incentive.wait is unknown; those here are kind, pledge, after, size_unit"),
    ):
        with pytest.raises(InvalidInput, match=re.escape(words)):
            scenario_of({**SCENARIO, "incentive": {"kind": "Pledge", **change}}, "a test")


def test_an_incentive_without_rules_says_so(pledge):
    @dataclass(frozen=True)
    class Unruled(dcai.Incentive):
        suffix = "Unruled"

        def price(self, elapsed, sizes=(1,)):
            return 0

        def packed(self):
            return bytes(32)

        @classmethod
        def from_packed(cls, word, size_unit):
            return cls()

    unruled = {**SCENARIO, "incentive": {"kind": "Unruled"}}
    with pytest.raises(InvalidInput, match=r"a test: Unruled has no rules for simulations; .*Rules, incentive=Unruled"):
        scenario_of(unruled, "a test")


def test_its_trainer_is_what_deploy_and_attach_return(chain, pledge):
    model = SparsePerceptron(("0", "1")).fit([[0, 1]], [1])
    trainer = dcai.deploy(chain, model, pledge.Pledge(pledge_wei=7))
    mine = trainer.contribute([0], 1, sender=chain.accounts[1])

    found = dcai.attach(chain, trainer.address)

    assert {type(trainer).__name__, type(found).__name__} == {"PledgeTrainer"}
    assert found.incentive.packed() == pledge.Pledge(pledge_wei=7).packed()
    with pytest.raises(ContractReverted, match=r"The pledge can be collected from .* UTC\.") as caught:
        mine.collect()
    assert type(caught.value).__name__ == "TooSoon"
    chain.travel(3_600)
    found.contribution(mine.id).collect()
    assert chain.balance(trainer.address) == 0


def test_an_incentive_without_a_trainer_is_refused_with_what_it_lacks(chain, pledge):
    @dataclass(frozen=True)
    class Lonely(pledge.Pledge):
        pass

    with pytest.raises(InvalidInput, match=r"No trainer goes with Lonely.*incentive=Lonely"):
        dcai.deploy(chain, SparsePerceptron(("0", "1")).fit([[0, 1]], [1]), Lonely())


def test_a_model_without_a_contract_for_an_incentive_is_reported(chain, pledge):
    with pytest.raises(InvalidInput, match="There is no contract for NaiveBayes with Pledge"):
        dcai.deploy(chain, NaiveBayes(("0", "1")).fit([[0, 1]], [1]), pledge.Pledge())


def test_artifacts_are_refused_that_are_none_or_whose_names_are_taken(pledge, tmp_path):
    for name, content, words in (
        ("SparsePerceptronPledge", '{"abi": [], "bytecode": "0x"}', "a contract named SparsePerceptronPledge already"),
        ("SparsePerceptronDRT", '{"abi": [], "bytecode": "0x"}', "a contract named SparsePerceptronDRT already"),
        ("Half", '{"abi": []}', "The artifact of Half lacks bytecode"),
        ("Odd", "[", "since it is not JSON"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.json").write_text(content)
        with pytest.raises(InvalidInput, match=words):
            artifacts.add(folder)
    with pytest.raises(InvalidInput, match="There is no folder"):
        artifacts.add(tmp_path / "none")


# The suites


def classes(count, room=None):
    return {"classes": tuple(f"class {number}" for number in range(count)), "max_classes": room}


def full_classes(fitted, random):
    """Yield a model whose classes are full, or nearly."""
    known, room = len(fitted.classes), fitted.settings()[3]
    numbers = [*random.choice([0, FULL - 1, FULL], known), *[0] * (room - known)]
    parameters = UINT16.pack(np.array(numbers))
    yield type(fitted).from_parameters(fitted.settings(), parameters, fitted.classes)


@pytest.mark.parametrize("some", [classes(2), classes(3, 20)], ids=["2 classes", "3 of 20 classes"])
@pytest.mark.parametrize("check", [str(check) for check in model_checks(NaiveBayes(**classes(2)))])
def test_their_model_conforms(chain, pledge, some, check):
    found = {str(one): one for one in model_checks(pledge.MajorityClass(**some), cases=200, states=full_classes)}

    found[check](chain)


def test_a_twin_that_differs_is_reported_with_the_check_the_seed_and_the_sample(chain, pledge, monkeypatch):
    class ForgetfulTwin(pledge.MajorityClass.twin_type):
        """A wrong twin: it forgets every fourth sample."""

        __qualname__ = "ForgetfulTwin"  # where pickle finds it, as if it stood in the module

        def _learn(self, features, label):
            if self.counts_.sum() % 4 != 3:
                super()._learn(features, label)

    class Forgetful(pledge.MajorityClass):
        __qualname__ = "Forgetful"

        twin_type = ForgetfulTwin

    for one in (ForgetfulTwin, Forgetful):
        monkeypatch.setattr(sys.modules[__name__], one.__name__, one, raising=False)
    with pytest.raises(AssertionError) as caught:
        check_model(Forgetful(classes=("no", "yes")), chain=chain, seed=7)

    for word in (LEARNING, "Forgetful(", "seed 7", "sample", "label", "slot 0"):
        assert word in str(caught.value)


def test_their_incentive_conforms_with_every_model_that_there_is_a_contract_for(chain, pledge):
    names = {str(check) for check in incentive_checks(pledge.Pledge())}

    assert {name.split("-")[1] for name in names} == {
        "MajorityClass of 2 classes",
        "MajorityClass of 3 classes",
        "SparsePerceptron of 2 classes",
        "NearestCentroid of 2 classes",
        "NearestCentroid of 3 classes",
    }
    check_incentive(pledge.Pledge(), chain=chain, steps=15)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("Cheap", "price() says"),
        ("Forgetful", "from_packed gives another incentive"),
        ("Deaf", "an audit finds: The record of contribution"),
        ("Leaking", "a stranger claims contribution"),
        ("Forgetting", "was overwritten"),
    ],
)
def test_what_is_wrong_with_an_incentive_is_found_and_named(chain, pledge, contracts, tmp_path, fault, words):
    incentive = third_party.of_faults(pledge, fault)
    name = f"SparsePerceptron{fault}"
    # where the fault is the twin's, the contract is right; bytes behind its code give it an address of its own
    right = contracts["SparsePerceptronPledge"]
    other = {**right, "bytecode": right["bytecode"] + fault.encode().hex()}
    third_party.write({name: contracts.get(name, other)}, tmp_path / "artifacts")
    artifacts.add(tmp_path / "artifacts")
    assert name in [one.contract for one in products.known()]

    with pytest.raises(AssertionError) as caught:
        check_incentive(incentive(), chain=chain, steps=30)

    assert words in str(caught.value)
    assert "SparsePerceptron of 2 classes" in str(caught.value)
