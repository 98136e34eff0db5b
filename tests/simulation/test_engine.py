"""Runs of agents against the deployed bytecode: exact, repeatable, and with true costs."""

from __future__ import annotations

import signal

import numpy as np
import pytest

import dcai
from dcai.chain.blocks import Blocks, Transaction
from dcai.chain.call import Call
from dcai.errors import InvalidInput
from dcai.models.twins import SparsePerceptronTwin
from dcai.simulation import Agent, Ask, Claim, Contribute, simulate
from dcai.simulation.run import START
from tests.support.simulation import HONEST, UNIT, played, scenario

pytestmark = pytest.mark.usefixtures("anvil")

FLIPPER = {"kind": "LabelFlipper", "name": "bad", "balance": 300, "every": "30 minutes"}


class Reckless(Agent):
    """Always sends a fraction of the price."""

    def act(self, rng, view):
        sample = view.sample()
        if sample is not None and view.now < START + 7200:
            yield Contribute(sample.data, sample.label, 1, row=sample.row)


class Broken(Agent):
    """Divides by zero at its third turn."""

    _turns: int = 0

    def act(self, rng, view):
        self._turns += 1
        return [] if self._turns < 3 else [1 / 0]


class Prying(Agent):
    """Notes what it sees."""

    _seen: list | None = None
    collects = False

    def act(self, rng, view):
        sample = view.sample()
        if sample is not None:
            NOTES.append((view.now, view.price(view.size_of(sample.data)), view.predict(sample.data)))
            yield Ask(sample.data, sample.label)


NOTES: list = []


class Stranger(Agent):
    """Sends from somebody else's address."""

    def act(self, rng, view):
        yield Claim("refund", 1, view.creator)


class Dreamer(Agent):
    """Claims contributions that never existed."""

    def act(self, rng, view):
        yield Claim("refund", 99, view.addresses[0])


class Garbler(Agent):
    """Sends text in place of bytes."""

    def act(self, rng, view):
        yield Contribute("sample", 1, 10**17)


def agent(kind, name, **fields):
    return {"kind": kind, "name": name, **fields}


def test_the_same_seed_gives_the_same_log_bit_for_bit():
    given = scenario(HONEST, FLIPPER)

    first, again, other = simulate(given), simulate(given), simulate(given, seed=1)

    assert first.digest == again.digest
    assert first.actions.equals(again.actions)
    assert first.course.equals(again.course)
    assert other.digest != first.digest


def test_every_sample_is_contributed_and_every_deposit_finds_an_owner():
    run = played(scenario(HONEST, FLIPPER))

    result = run.result
    assert (result.contributed, result.samples, result.open, result.stopped, result.problems) == (40, 40, 0, None, ())
    assert len(run.entries) == 40
    assert sum(one.gain_wei + one.fee_wei for one in result.outcomes) == 0


def test_contributions_stand_on_the_chain_at_the_second_of_their_turn():
    run = played(scenario({**HONEST, "first": 7}))

    times = [entry.time - START for entry in run.entries]
    assert times[0] % 600 == times[1] % 600
    assert set(np.diff(times) % 600) == {0}
    made = run.actions("honest", "contribute")
    assert made["time"].tolist() == [time - times[0] + made["time"].iloc[0] for time in times]


def test_what_is_due_in_a_second_shares_its_block():
    run = played(scenario())

    by_time = run.result.actions.groupby("time")["function"].agg(set)
    assert any(functions >= {"refund", "contribute"} for functions in by_time)


def test_a_refused_action_is_kept_counted_and_paid_for():
    run = played(scenario(HONEST, agent("Reckless", "reckless", every=700)))

    refused = run.actions("reckless")
    assert set(refused["reason"]) == {"Underpaid"}
    assert not refused["ok"].any()
    assert (refused["gas"] > 21_000).all()
    outcome = run.outcome("reckless")
    assert outcome.refused == {"contribute": len(refused)}
    assert outcome.gain_wei == -outcome.fee_wei == -int(refused["gas"].sum()) * 10**8
    assert run.result.contributed == run.result.samples  # what was refused was somebody else's to contribute


def test_claims_that_cannot_work_are_never_sent():
    run = played(scenario(HONEST, FLIPPER))

    assert run.outcome("honest").refused == {}


def test_an_agent_sees_the_price_and_the_prediction_of_the_contract():
    NOTES.clear()
    run = played(scenario(agent("Prying", "prying", every=600, first=300), {**HONEST, "first": 600}))

    sent = run.actions("honest", "contribute")
    asked = run.actions("prying", "ask")
    # asking fails the run where the contract answers something else than the view
    assert run.result.stopped is None
    assert len(asked) == len(NOTES) > 10
    assert (asked["gas"] == 0).all()
    # five minutes after each contribution the price is root two times that of ten minutes
    later = [price for _, price, _ in NOTES[2:]]
    paid = sent["sent_wei"].tolist()[1:]
    assert all(0.9 < price / (2**0.5 * deposit) < 2 for price, deposit in zip(later, paid, strict=False))


def test_an_agent_that_raises_ends_the_run_which_keeps_what_it_has():
    run = played(scenario(HONEST, agent("Broken", "clumsy", every=1200)))

    assert "agents[1], the Broken 'clumsy', raised ZeroDivisionError in act: division by zero" in run.result.stopped
    assert 0 < run.result.contributed < run.result.samples
    assert len(run.result.actions) > 0
    assert run.result.problems == ()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Stranger", "which is not one of its addresses"),
        ("Dreamer", "claims contribution 99, of which nothing is open"),
        ("Garbler", "which no transaction can hold"),
    ],
)
def test_an_agent_that_does_what_nobody_can_ends_the_run(kind, words):
    run = played(scenario(HONEST, agent(kind, "it")))

    assert f"agents[1], the {kind} 'it'" in run.result.stopped
    assert words in run.result.stopped
    assert run.result.problems == ()


def test_a_run_in_which_nobody_can_pay_says_so():
    result = simulate(scenario({**HONEST, "balance": 0}))

    assert "No sample was contributed for 1 day 9 hours, and 40 of 40 are left" in result.stopped
    assert result.contributed == 0


def test_an_interrupted_run_keeps_what_it_has():
    def interrupt(done, total):
        if done == 10:
            signal.raise_signal(signal.SIGINT)

    result = simulate(scenario(), progress=interrupt)

    assert result.stopped == "Interrupted with 30 of 40 samples left."
    assert result.contributed == 10


def test_an_interrupt_waits_for_the_block_that_is_being_made(monkeypatch):
    learnt = []

    def unpack(twin, sample):  # while the node is at work
        learnt.append(sample)
        if len(learnt) == 10:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(SparsePerceptronTwin, "unpack", unpack)
    before = signal.getsignal(signal.SIGINT)

    result = simulate(scenario())

    assert (result.contributed, result.problems) == (10, ())
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_that_the_caller_ignores_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    result = simulate(scenario(), progress=lambda done, total: signal.raise_signal(signal.SIGINT))

    assert (result.stopped, result.contributed) == (None, 40)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_accuracy_is_measured_more_than_a_hundred_times():
    result = simulate(scenario(samples=398, initial=0.08))

    contributing = result.course[result.course["contributions"] < result.samples]
    assert len(contributing) >= 100
    assert result.course["time"].is_monotonic_increasing
    assert result.course["contributions"].is_monotonic_increasing
    assert result.final == result.course["accuracy"].iloc[-1]


@pytest.mark.parametrize("model", ["NaiveBayes", "SparseNearestCentroid", "DensePerceptron", "NearestCentroid"])
def test_every_model_plays(model):
    result = simulate(scenario(HONEST, FLIPPER, model=model))

    assert (result.stopped, result.problems, result.open) == (None, (), 0)
    assert result.contributed == 40


@pytest.mark.parametrize(
    "given",
    [
        scenario(HONEST, FLIPPER, samples=32, initial=20),
        scenario(HONEST, FLIPPER, samples=28, initial=20, kind="Gamified", validate_after="1 hour"),
        scenario(
            {**HONEST, "eagerness": 1},
            {"kind": "Provider", "name": "provider"},
            samples=14,
            initial=10,
            kind="PredictionMarket",
            stake=4,
            bounty=10,
            portions=2,
            portion_size=2,
            participate="1 hour",
        ),
        scenario(
            {**HONEST, "eagerness": 1},
            {"kind": "Withholder", "name": "provider"},
            samples=14,
            initial=10,
            kind="PredictionMarket",
            stake=4,
            bounty=10,
            portions=2,
            portion_size=2,
            participate="1 hour",
            reveal_within="1 hour",
        ),
    ],
    ids=["deposits", "points", "market", "failed market"],
)
def test_py_evm_finds_what_anvil_finds_to_the_bit(given):
    anvil, py_evm = (simulate(given, backend=backend) for backend in ("anvil", "py-evm"))

    assert (anvil.backend, py_evm.backend) == ("anvil", "py-evm")
    assert (py_evm.stopped, py_evm.problems) == (None, ())
    assert len(py_evm.actions) >= 7
    assert py_evm.actions.equals(anvil.actions)
    assert py_evm.course.equals(anvil.course)
    assert py_evm.digest == anvil.digest


def test_a_refusal_has_the_same_name_on_py_evm():
    given = scenario(HONEST, agent("Reckless", "reckless", every=700), samples=24, initial=20)

    anvil, py_evm = (simulate(given, backend=backend) for backend in ("anvil", "py-evm"))

    assert "Underpaid" in set(py_evm.actions["reason"])
    assert py_evm.digest == anvil.digest


class TestBlocks:
    """Blocks made to order."""

    @pytest.fixture(params=["anvil", "py-evm"])
    def blocks(self, request):
        with dcai.local_chain(request.param) as chain:
            made = Blocks(chain, 10**8)
            yield chain, made

    def test_transactions_stand_in_the_order_given_at_the_second_given(self, blocks):
        chain, made = blocks
        people = ["0x" + f"{number:02x}" * 20 for number in (9, 1, 5)]
        for person in people:
            made.fund(person, 10**18)
        time, before = chain.now() + 12_345, chain.balance(chain.accounts[0])

        sent = [
            Transaction(person, Call(chain.accounts[0], b"", 10 + at, 21_000)) for at, person in enumerate(people * 2)
        ]
        mined = made.mine(time, sent)

        assert [(one.ok, one.gas_used) for one in mined] == [(True, 21_000)] * 6
        assert chain.now() == time
        assert [one.sender.lower() for one in mined] == people * 2
        assert chain.balance(chain.accounts[0]) == before + sum(range(10, 16))
        assert chain.balance(people[0]) == 10**18 - 10 - 13 - 2 * 21_000 * 10**8

    def test_a_transaction_that_nobody_can_pay_is_refused_by_name(self, blocks):
        chain, made = blocks

        with pytest.raises(dcai.errors.NodeError, match="refuses a block"):
            made.mine(chain.now() + 10, [Transaction("0x" + "77" * 20, Call(chain.accounts[0], b"", UNIT, 21_000))])

    @pytest.mark.parametrize("backend", ["anvil", "py-evm"])
    def test_blocks_of_the_chains_own_are_afterwards_no_larger_than_before(self, backend):
        with dcai.local_chain(backend) as chain:
            before = chain.request("eth_getBlockByNumber", ["latest", False])["gasLimit"]
            Blocks(chain, 10**8).close()
            chain.travel(1)

            assert chain.request("eth_getBlockByNumber", ["latest", False])["gasLimit"] == before

    def test_a_chain_somewhere_else_has_no_blocks_to_order(self, node):
        with pytest.raises(InvalidInput, match=r"Blocks can't be made at will on http.*use local_chain"):
            Blocks(dcai.connect(node), 1)
