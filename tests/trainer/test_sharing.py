"""A trainer is known without asking, doesn't change, and can be shared; what is used again is said, not guessed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

import dcai
from dcai.trainer.attach import read
from dcai.trainer.slots import Slots


@pytest.fixture
def asked(chain, monkeypatch):
    """Count the requests to the node, by method."""
    counted, request = Counter(), chain.request

    def counting(method, params):
        counted[method] += 1
        return request(method, params)

    monkeypatch.setattr(chain, "request", counting)
    return counted


def test_making_a_trainer_asks_the_node_nothing(launch, chain, asked):
    trainer = launch()
    deployed = read(chain, trainer.address)
    asked.clear()

    made = type(trainer)(chain, deployed)

    assert not asked
    assert (made.address, made.creator, made.labels) == (trainer.address, trainer.creator, ("no", "yes"))


def test_attaching_asks_for_the_code_once_and_for_state_classes_and_encoder(launch, chain, asked):
    trainer = launch()
    asked.clear()

    dcai.attach(chain, trainer.address)

    assert asked == {"eth_getCode": 1, "eth_call": 3}


def test_a_prediction_is_one_question(launch, asked):
    trainer = launch()
    asked.clear()

    assert trainer.predict([1]) == "yes"

    assert asked == {"eth_call": 1}


def test_nothing_of_a_trainer_is_replaced_when_it_is_used(launch, chain, people):
    trainer = launch()
    before = dict(vars(trainer))

    mine = trainer.contribute([1], "yes", sender=people[1])
    trainer.predict([1])
    trainer.contributions()
    chain.travel("1 day")
    mine.refund()

    assert all(vars(trainer)[name] is value for name, value in before.items())


def test_reading_the_log_does_not_decide_where_the_next_contribution_goes(launch, chain, people):
    trainer = launch()
    made = [trainer.contribute([i], "yes", sender=people[1]) for i in range(2)]
    chain.travel("1 day")
    for one in made:
        one.refund()

    other = dcai.attach(chain, trainer.address)
    other.contributions()
    other.history()
    assert other.contribute([3], "yes", sender=people[2]).entry.slot == 3
    assert other.find_slots() == 2
    prepared = other.prepare.contribute_many([[4]], ["yes"])
    assert len(other.slots) == 2
    assert other.contribute([4], "yes", sender=people[2]).entry.slot in (1, 2)
    assert prepared[0].to == other.address


def test_a_slot_of_a_contribution_that_fails_is_not_lost(launch, chain, people):
    trainer = launch()
    mine = trainer.contribute([1], "yes", sender=people[1])
    chain.travel("1 day")
    mine.refund()

    with pytest.raises(dcai.DcaiError):
        trainer.contribute([1], "yes", sender=people[1], deposit_wei=1)

    assert trainer.contribute([1], "yes", sender=people[1]).entry.slot == mine.entry.slot


def test_slots_are_given_out_once():
    slots = Slots()
    slots.replace([3, 5])

    assert slots.next(3) == [5, 3, 0]
    with slots.taken() as first, slots.taken() as second, slots.taken() as third:
        assert (first, second, third) == (5, 3, 0)
    assert len(slots) == 0
    with pytest.raises(KeyError), slots.taken():
        raise KeyError
    assert len(slots) == 0


def test_a_slot_that_is_on_its_way_is_not_found_again():
    slots = Slots()
    slots.replace([3, 5])

    with slots.taken() as first:
        slots.replace([3, 5])  # the log doesn't show the contribution yet
        with slots.taken() as second, slots.taken() as third:
            assert (first, second, third) == (5, 3, 0)
    slots.add(3)
    slots.add(3)
    assert slots.next(2) == [3, 0]


def test_threads_share_a_trainer(launch, chain, people):
    trainer = launch(weight_wei=0, minimum_wei=10)
    freed = [trainer.contribute([i], "yes", sender=people[1]) for i in range(3)]
    chain.travel("1 day")
    for one in freed:
        one.refund()

    before = chain.gas_used[people[2]]

    def work(number):
        mine = trainer.contribute([number], "yes", sender=people[2 + number % 4])
        return trainer.predict([number]), mine

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(16)))

    assert {label for label, _ in done} == {"yes"}
    made = [mine for _, mine in done]
    assert sorted(one.id for one in made) == list(range(4, 20))
    slots = [one.entry.slot for one in made]
    assert len(set(slots)) == 16
    assert {1, 2, 3} <= set(slots)
    used = sum(one.receipt.gas_used for one in made if one.entry.author == people[2])
    assert chain.gas_used[people[2]] - before == used
    assert trainer.audit().ok


PREDICT = """
import sys
import dcai
trainer = dcai.attach(dcai.connect(sys.argv[1]), sys.argv[2])
assert trainer.predict([1]) == "yes"
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_a_prediction_over_http_needs_neither_web3_nor_a_library_that_signs(node_chain, node, perceptron):
    trainer = dcai.deploy(node_chain, perceptron([1] * 40), dcai.DepositRefundTake())

    done = subprocess.run(
        [sys.executable, "-c", PREDICT, node, trainer.address], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert not set(done.stdout.split()) & {"web3", "eth_account", "eth_tester", "eth", "rlp"}
