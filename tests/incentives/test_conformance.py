"""Every incentive, and one that somebody else wrote, passes the suite that ships with the package."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import pytest
import solcx

import dcai
from dcai import artifacts
from dcai.errors import ContractReverted, InvalidInput
from dcai.incentives import INCENTIVES
from dcai.models import NearestCentroid, SparsePerceptron
from dcai.testing import check_incentive, incentive_checks
from dcai.testing.samples import samples_of
from dcai.trainer import products
from scripts.compile import ROOT, CompileError, find_solc
from tests.support.pledge import Pledge, PledgeHistory, PledgeTrainer

FEATURES = 21


def prepare(market):
    """Bring a market to where people contribute, as its provider."""
    model, terms = market.model(), market.incentive
    random = np.random.default_rng(0)
    samples = samples_of(model.dense, FEATURES, random)
    size = terms.portions * terms.portion_size
    labels = random.integers(len(model.classes), size=size).tolist()
    test_set = market.test_set([samples.features() for _ in range(size)], labels, seed=0)
    # nothing that its contributions could share without a rest
    market.commit(test_set, bounty_wei=1_009 * terms.stake_wei)
    market.open(test_set)


def market(**others):
    """Return a market whose contributions are paid back after six days, since nothing is revealed."""
    times = {"participate": "5 days", "reveal_within": "1 day"}
    return dcai.PredictionMarket(stake_wei=4_004, portions=3, portion_size=2, draw_after=2, **times, **others)


MARKET = {"patience": "280 days", "prepare": prepare}
"""A fortieth of it is a week: the market has failed."""

PLEDGE = ROOT / "tests/support/contracts/Pledge.sol"

CHECKS = [
    *(("Deposit-Refund-Take", check) for check in incentive_checks(dcai.DepositRefundTake(), patience="40 days")),
    *(
        ("Deposit-Refund-Take of 2019", check)
        for check in incentive_checks(dcai.DepositRefundTake(settle_after=0), patience="40 days", seed=1, steps=20)
    ),
    *(("Gamified", check) for check in incentive_checks(dcai.Gamified(reporter_good=1))),
    *(
        ("Gamified at once", check)
        for check in incentive_checks(dcai.Gamified(settle_after=0, reporter_good=1, memory_slots=1), seed=1, steps=20)
    ),
    *(("Prediction market", check) for check in incentive_checks(market(), steps=12, **MARKET)),
]


@pytest.fixture(scope="module")
def chain(anvil):
    with dcai.local_chain("anvil") as chain:
        yield chain


def test_there_is_a_contract_for_every_incentive_with_every_model():
    assert {(one.model, one.incentive) for one in products.PRODUCTS} == {
        (model, incentive) for model in {one.model for one in products.PRODUCTS} for incentive in INCENTIVES
    }


@pytest.mark.parametrize("check", [pytest.param(check, id=f"{name}: {check}") for name, check in CHECKS])
def test_it_conforms(chain, check):
    check(chain)


@pytest.mark.parametrize(
    ("incentive", "others"),
    [
        (dcai.DepositRefundTake(), {"patience": "40 days"}),
        (dcai.Gamified(reporter_good=1), {}),
        (market(group_by_participant=True), MARKET),
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_conforms_on_py_evm(incentive, others):
    with dcai.local_chain("py-evm") as chain:
        for check in incentive_checks(incentive, steps=6, **others)[:7]:
            check(chain)


# Somebody else's


@pytest.fixture(scope="module")
def compiled():
    try:
        solc = find_solc()
    except CompileError as error:
        pytest.skip(str(error))
    source = "tests/support/contracts/Pledge.sol"
    request = copy.deepcopy(artifacts.load("standard_input"))
    request["sources"][source] = {"content": PLEDGE.read_text()}
    request["settings"]["outputSelection"] = {source: {"*": ["abi", "evm.bytecode.object"]}}
    output = solcx.compile_standard(request, solc_binary=solc)["contracts"][source]
    return {
        name: {"abi": one["abi"], "bytecode": "0x" + one["evm"]["bytecode"]["object"]} for name, one in output.items()
    }


@pytest.fixture(scope="module")
def register(compiled):
    """Return a function that makes a contract of somebody else's known."""
    made = []

    def add(contract, model, incentive):
        made.append(products.Product(contract, model, incentive))
        products.register(made[-1], compiled[contract])

    yield add
    for product in made:
        products.PRODUCTS.remove(product)


@pytest.fixture(scope="module")
def pledge(register):
    register("SparsePerceptronPledge", SparsePerceptron.twin_type, Pledge)
    register("NearestCentroidPledge", NearestCentroid.twin_type, Pledge)


def test_an_incentive_that_somebody_else_wrote_conforms(chain, pledge):
    names = {str(check) for check in incentive_checks(Pledge())}

    assert {name.split("-")[1] for name in names} == {
        "SparsePerceptron of 2 classes",
        "NearestCentroid of 2 classes",
        "NearestCentroid of 3 classes",
    }
    check_incentive(Pledge(), chain=chain, steps=15)


def test_its_trainer_is_what_deploy_and_attach_return(chain, pledge):
    model = SparsePerceptron(("0", "1")).fit([[0, 1]], [1])
    trainer = dcai.deploy(chain, model, Pledge(pledge_wei=7))
    mine = trainer.contribute([0], 1, sender=chain.accounts[1])

    found = dcai.attach(chain, trainer.address)

    assert (type(trainer), type(found), found.incentive) == (PledgeTrainer, PledgeTrainer, Pledge(pledge_wei=7))
    with pytest.raises(ContractReverted, match="TooSoon"):
        mine.collect()
    chain.travel(3_600)
    found.contribution(mine.id).collect()
    assert chain.balance(trainer.address) == 0


def test_an_incentive_without_a_trainer_is_told_what_it_lacks(chain):
    @dataclass(frozen=True)
    class Lonely(Pledge):
        pass

    with pytest.raises(InvalidInput, match=r"No trainer goes with Lonely.*incentive=Lonely"):
        dcai.deploy(chain, SparsePerceptron(("0", "1")).fit([[0, 1]], [1]), Lonely())


# What the suite is for


@dataclass(frozen=True)
class Cheap(Pledge):
    """A wei below what the contract asks."""

    def price(self, elapsed, sizes=(1,)):
        return self.pledge_wei * len(sizes) - 1


@dataclass(frozen=True)
class Forgetful(Pledge):
    """Reads another time out of a trainer's code."""

    @classmethod
    def from_packed(cls, word, size_unit):
        return cls(Pledge.from_packed(word, size_unit).pledge_wei, 60, size_unit)


@dataclass(frozen=True)
class Leaking(Pledge):
    suffix = "Leaking"


@dataclass(frozen=True)
class Forgetting(Pledge):
    suffix = "Forgetting"


@dataclass(frozen=True)
class Deaf(Pledge):
    """Doesn't hear what its contract tells."""


class DeafHistory(PledgeHistory):
    def apply(self, event, times):
        pass


class DeafTrainer(PledgeTrainer, incentive=Deaf):
    history_type = DeafHistory


for one in (Cheap, Forgetful, Leaking, Forgetting):
    dcai.Trainer._kinds[one] = PledgeTrainer


@pytest.mark.parametrize(
    ("incentive", "contract", "words"),
    [
        (Cheap(), None, "price() says"),
        (Forgetful(), None, "from_packed gives another incentive"),
        (Deaf(), None, "an audit finds: The record of contribution"),
        (Leaking(), "SparsePerceptronLeaking", "a stranger claims contribution"),
        (Forgetting(), "SparsePerceptronForgetting", "was overwritten"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_wrong_is_found_and_named(chain, pledge, register, compiled, incentive, contract, words):
    if contract:
        register(contract, SparsePerceptron, type(incentive))
    else:
        # of two for the same contract the first is found
        products.PRODUCTS.insert(0, products.Product("SparsePerceptronPledge", SparsePerceptron, type(incentive)))

    with pytest.raises(AssertionError) as caught:
        check_incentive(incentive, chain=chain, steps=30)
    products.PRODUCTS[:] = [one for one in products.PRODUCTS if contract or one.incentive is not type(incentive)]

    assert words in str(caught.value)
    assert "SparsePerceptron of 2 classes" in str(caught.value)
