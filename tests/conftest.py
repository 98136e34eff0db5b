"""Fixtures that most tests use: one chain per worker, restored after each test, and trainers with their people."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import dcai
from dcai import artifacts
from dcai.chain.codec import codec
from dcai.chain.nodes.anvil import find_anvil
from dcai.cli import app
from dcai.samples import pack_sparse
from dcai.trainer import products
from tests.support import binary
from tests.support.market_stage import Stage
from tests.support.node import running
from tests.support.solidity import compiled

TRAINER = "SparsePerceptronDRT"
MARKET = "SparsePerceptronPM"
NOBODY = "0x" + 40 * "0"


LONGEST = (
    "incentives/test_conformance.py",
    "stateful/test_stateful.py",
    "models/test_conformance.py",
)
LAST = "test_third_party.py"
"""What it registers stays registered in its process."""


def pytest_collection_modifyitems(items):
    """Start the longest files first, so that no worker begins one when the others have finished."""
    folder = Path(__file__).parent
    place = {folder / file: at for at, file in enumerate(LONGEST)} | {folder / LAST: len(LONGEST) + 1}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory):
    """Keep what processes tell each other about their numbers apart from that of others on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def anvil():
    """Return anvil's executable; skip the test if it isn't installed."""
    found = find_anvil()
    if found is None:
        pytest.skip("anvil is not installed: npm ci brings it")
    return found


@pytest.fixture(scope="module")
def node(anvil):
    """Return the URL of an anvil with ten unlocked accounts."""
    with running(anvil) as url:
        yield url


@pytest.fixture
def node_chain(node, monkeypatch):
    """Return the node's chain, without a key in the environment; the test's changes are reverted."""
    monkeypatch.delenv("DCAI_PRIVATE_KEY", raising=False)
    chain = dcai.connect(node)
    snapshot = chain.snapshot()
    yield chain
    chain.revert(snapshot)


@pytest.fixture
def run(node):
    """Return a function that runs a command on the node."""

    def command(*arguments, answer=None):
        return CliRunner().invoke(app, [*map(str, arguments), "--url", node], input=answer)

    return command


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """Make anvil unfindable."""
    monkeypatch.delenv("DCAI_ANVIL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("dcai.chain.nodes.anvil._CHECKOUT", tmp_path / "checkout")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def worker_chain():
    with dcai.local_chain() as chain:
        for contract in ("TrainerFactory", TRAINER, MARKET):
            products.ensure(chain, contract, sender=chain.accounts[-1])
        yield chain


@pytest.fixture
def chain(worker_chain):
    """Return a local chain with our contracts and without trainers, whatever earlier tests did."""
    snapshot = worker_chain.snapshot()
    accounts = list(worker_chain.accounts)
    yield worker_chain
    worker_chain.revert(snapshot)
    worker_chain.accounts = accounts


@pytest.fixture
def people(chain):
    return chain.accounts


@pytest.fixture(scope="session")
def perceptron():
    """Return a function that makes the twin with given weights and bias."""

    def make(weights, bias=0, classes=("no", "yes")):
        parameters = bias.to_bytes(2, "big", signed=True) + np.array(weights, dtype=np.int8).tobytes()
        return binary.perceptron(parameters, classes)

    return make


@pytest.fixture
def launch(chain, perceptron):
    """Return a function that deploys a trainer, by default with 40 features of which the first half means yes."""

    def deploy(weights=(1,) * 20 + (-1,) * 20, bias=0, *, encoder=None, name="Test", salt=0, sender=None, **terms):
        incentive = dcai.DepositRefundTake(**terms)
        return dcai.deploy(
            chain, perceptron(weights, bias), incentive, encoder=encoder, name=name, salt=salt, sender=sender
        )

    return deploy


@pytest.fixture
def stage(chain):
    """Return a function that makes a market and advances it to a phase."""
    return lambda phase, *, contribute=True, **terms: Stage(chain, **terms).to(phase, contribute=contribute)


@pytest.fixture
def at(chain):
    """Return a function that sets the time of the next block."""
    return lambda time: chain.travel(time - 1 - chain.now())


@pytest.fixture
def refused(chain):
    """Return a context that expects a refusal, with given words, before anything is sent or paid."""

    def world():
        return chain.block_number(), [chain.balance(person) for person in chain.accounts]

    @contextmanager
    def refusal(error, *words):
        before = world()
        with pytest.raises(error) as caught:
            yield caught
        assert world() == before
        sentence = str(caught.value)
        for word in words:
            assert str(word) in sentence

    return refusal


@pytest.fixture(scope="session")
def wallet_artifact():
    """Return the compiled tests/support/contracts/Wallet.sol."""
    return compiled("tests/support/contracts/Wallet.sol")


class Wallet:
    """A contract that contributes and claims when its `owner`, who pays the gas, says so."""

    def __init__(self, chain, artifact, owner):
        self.chain, self.owner = chain, owner
        self.codec, bytecode = artifact
        self.address = chain.send(None, bytecode, sender=owner).contract_address

    def execute(self, *calls, value=0, gas=None):
        """Make calls (to, value, data) in one transaction."""
        return self.chain.send(self.address, self.codec.call("execute", calls), sender=self.owner, value=value, gas=gas)

    def ask(self, trainer, function, *args, value=0, gas=None, contract=TRAINER):
        """Call a function of the trainer at an address."""
        return self.execute((trainer, value, codec(contract).call(function, *args)), value=value, gas=gas)

    def contribute(self, trainer, indices, label, deposit_wei):
        """Contribute a sample, and return the contribution as the trainer knows it."""
        self.ask(trainer.address, "contribute", pack_sparse(indices), label, 0, value=deposit_wei)
        return trainer.contributions()[-1]

    def answer_payments(self, *, refuse=False, with_call=(NOBODY, 0, b"")):
        """Refuse coming payments, or make a call on each payment and fail if the call does."""
        self.chain.send(self.address, self.codec.call("answerPayments", refuse, with_call), sender=self.owner)

    def received(self):
        return self.codec.result("received", self.chain.call(self.address, self.codec.call("received")))


@pytest.fixture(scope="session")
def new_wallet(wallet_artifact):
    """Return a function that makes a contract wallet on a chain."""
    return lambda chain, owner: Wallet(chain, wallet_artifact, owner)


@pytest.fixture(scope="session")
def own_errors():
    """Return the names of the custom errors of our contracts, with those of the libraries they use."""
    abis = [artifacts.load(contract)["abi"] for contract in (TRAINER, "SparsePerceptronGamified", "TrainerFactory")]
    return {item["name"] for abi in abis for item in abi if item["type"] == "error"}
