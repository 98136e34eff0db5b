"""A contract takes any names of classes; everybody must see which class a sample is given."""

from __future__ import annotations

import pytest

import dcai
from dcai.chain.codec import codec
from dcai.errors import InvalidInput

FREE = dcai.DepositRefundTake(weight_wei=0)


@pytest.fixture
def doubled(chain, people):
    """Return a trainer whose creator has added a class under a name that exists, past the client."""
    model = dcai.NaiveBayes(classes=("bad", "good"), max_classes=5).fit([[1, 0], [0, 1]], ["bad", "good"])
    trainer = dcai.deploy(chain, model, FREE, sender=people[0])
    for name in ("good", "good"):
        chain.send(trainer.address, codec("ITrainer").call("addClass", name), sender=people[0])
    return trainer


def test_a_class_under_a_name_that_exists_is_shown_with_its_number_to_everybody(doubled, chain, people):
    found = dcai.attach(chain, doubled.address)

    assert found.labels == ("bad", "good (class 1)", "good (class 2)", "good (class 3)")
    assert found.contribute([1], "good (class 1)", sender=people[1]).entry.label == 1
    with pytest.raises(InvalidInput, match="3 classes are named 'good'"):
        found.contribute([1], "good", sender=people[1])
    for _ in range(9):
        made = found.contribute([1], "good (class 2)", sender=people[1])
    assert made.entry.label == 2
    assert found.predict([1]) == doubled.predict([1]) == "good (class 2)"
    assert found.score([1]).keys() == set(found.labels)
    assert found.model().classes == doubled.labels == found.labels
    assert found.audit().ok


def test_a_class_is_neither_added_nor_deployed_under_a_name_that_exists(doubled, chain):
    for name in ("good", "good (class 2)"):
        with pytest.raises(InvalidInput, match="already"):
            doubled.add_class(name)
    with pytest.raises(InvalidInput, match="different texts"):
        dcai.NaiveBayes(classes=("good", "good")).fit([[1]], [0])
