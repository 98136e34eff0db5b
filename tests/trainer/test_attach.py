"""Whatever a creator wrote as labels or published as encoder: `attach` succeeds, and nobody loses money by it."""

from __future__ import annotations

import os
import zlib

import pytest

import dcai
from dcai.chain.codec import codec
from dcai.encoders import pack_spec
from dcai.errors import InvalidInput
from dcai.trainer import products
from dcai.trainer.settings import Settings, distinct
from tests.support import binary

TRAINER = "SparsePerceptronDRT"
TEXT = {"kind": "text", "version": 1}
MANY = [f"w{number}" for number in range(40)]

PUBLISHED = {
    "nothing": b"",
    "garbage": b"no spec",
    "random bytes": os.urandom(2_000),
    "half a stream": zlib.compress(b"{" * 100)[:9],
    "something that isn't JSON": zlib.compress(b"hello"),
    "bytes that aren't text": zlib.compress(b'{"encoder": "\xff"}'),
    "a bomb": zlib.compress(bytes(5 * 2**20), 9),
    "a text without an end": zlib.compress(b'{"encoder": "' + b'\\"' * 2**20),
    "nested without an end": zlib.compress(b"[" * 2**20),
    "digits without an end": zlib.compress(b'{"encoder": ' + b"9" * 2**20 + b"}"),
    "another thing": pack_spec({"name": "x"}),
    "a list": zlib.compress(b"[]"),
    "another version": pack_spec({"encoder": {**TEXT, "version": 99, "words": []}}),
    "another kind": pack_spec({"encoder": {**TEXT, "kind": "\x1b[2J"}}),
    "words that aren't": pack_spec({"encoder": {**TEXT, "words": [1, None]}}),
    "one word twice": pack_spec({"encoder": {**TEXT, "words": ["a", "a"]}}),
    "more words than features": pack_spec({"encoder": {**TEXT, "words": [*MANY, "more"]}}),
    "a number of features beyond any": zlib.compress(
        b'{"encoder": {"kind": "hashing", "version": 1, "n_features": ' + b"9" * 4_000 + b"}}"
    ),
    "a function": pack_spec({"encoder": {"kind": "embedding", "version": 1, "name": "x", "dimensions": 40, "bits": 8}}),
}


@pytest.fixture
def create(chain, people):
    """Return a function that creates a trainer of two classes whose creator wrote any bytes as its name and labels."""

    def made(lines):
        settings = Settings(dcai.DepositRefundTake(), binary.settings(40), "", ("", "")).packed()[:44] + lines
        factory, implementation = (products.address_of(name) for name in ("TrainerFactory", TRAINER))
        receipt = chain.invoke(
            "TrainerFactory", factory, "create", implementation, settings, bytes(32), bytes(42), sender=people[0]
        )
        return codec("TrainerFactory").event(receipt.logs[0]).args["trainer"]

    return made


@pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_what_is_published_after_others_have_paid_in_keeps_nobody_from_anything(launch, chain, people, published):
    trainer = launch()
    paid = trainer.contribute([1], "yes", sender=people[1])
    chain.invoke(TRAINER, trainer.address, "publish", published, True, sender=people[0])

    theirs = dcai.attach(chain, trainer.address)

    assert theirs.encoder is None
    assert theirs.predict([1]) == "yes"
    assert theirs.contribute([2], "yes", sender=people[2]).entry.sample == b"\0\2"
    assert theirs.audit().ok
    for encode in (
        lambda: theirs.predict("w1"),
        lambda: theirs.contribute("w1", "yes", sender=people[1]),
        lambda: theirs.quote("w1"),
        lambda: theirs.predict([0.5, 1.5]),
    ):
        with pytest.raises(InvalidInput) as caught:
            encode()
        sentence = str(caught.value)
        assert f"'Test' at {trainer.address} has no encoder for " in sentence
        assert "Give the indices of the features instead, or attach with encoder=…" in sentence
        assert sentence.isprintable()
        assert len(sentence) < 700
    chain.travel("1 day")
    assert theirs.contribution(paid.id).refund() == paid.entry.deposit_wei


def test_more_than_a_node_reads_in_one_call_is_an_encoder_that_cannot_be_used(launch, chain, people, monkeypatch):
    trainer = launch()
    read = chain.read

    def reading(contract, address, function, *args, **more):
        if function == "metadata":
            raise dcai.DcaiError("The node refuses: out of gas")
        return read(contract, address, function, *args, **more)

    monkeypatch.setattr(chain, "read", reading)
    theirs = dcai.attach(chain, trainer.address)

    assert theirs.predict([1]) == "yes"
    with pytest.raises(InvalidInput, match="can't be read: The node refuses: out of gas"):
        theirs.predict("hello")


def test_an_encoder_of_ones_own_takes_the_place_of_the_published_one(launch, chain, people):
    trainer = launch()
    chain.invoke(TRAINER, trainer.address, "publish", b"no spec", True, sender=people[0])
    mine = dcai.TextEncoder().fit([" ".join(MANY)])

    theirs = dcai.attach(chain, trainer.address, encoder=mine)

    assert theirs.predict("w1") == trainer.predict(mine.encode("w1"))
    with pytest.raises(InvalidInput, match="The model has 40 features, and the encoder 1;"):
        dcai.attach(chain, trainer.address, encoder=dcai.TextEncoder().fit(["hello"]))


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        (b"", ("(class 0)", "(class 1)")),
        (b"Test", ("(class 0)", "(class 1)")),
        (b"Test\nno", ("no", "(class 1)")),
        (b"Test\nno\nyes\nmaybe", ("no", "yes")),
        (b"Test\nsame\nsame", ("same (class 0)", "same (class 1)")),
        (b"Test\n\xff\n\xfe", ("\ufffd (class 0)", "\ufffd (class 1)")),
        (b"\xff\xc3\n\xc3\nno", ("\ufffd", "no")),
        (b"Test\n1\n1", ("1 (class 0)", "1 (class 1)")),
        (b"Test\n" + b"x" * 9_000 + b"\nno", ("x" * 9_000, "no")),
        (b"\n" * 9_000, ("(class 0)", "(class 1)")),
    ],
    ids=lambda given: repr(given)[:30],
)
def test_labels_are_positions_whatever_is_written(chain, people, create, lines, labels):
    trainer = dcai.attach(chain, create(lines))

    assert trainer.labels == labels
    trainer.contribute([1], labels[1], sender=people[1])
    assert trainer.contributions()[0].entry.label == 1
    assert trainer.predict([1]) == labels[1]  # learnt
    assert set(trainer.score([1])) == set(labels)
    assert trainer.model().classes == labels
    assert trainer.audit().ok
    assert repr(trainer).isprintable()


def test_a_name_of_two_classes_is_refused_with_both_of_them(chain, people, create):
    trainer = dcai.attach(chain, create(b"Test\nham\nham"))

    with pytest.raises(InvalidInput) as caught:
        trainer.contribute([1], "ham", sender=people[1])

    assert str(caught.value) == (
        "2 classes are named 'ham': write 'ham (class 0)' or 'ham (class 1)', or a class's number."
    )
    for number, label in enumerate(("ham (class 0)", "ham (class 1)")):
        assert trainer.contribute([number], label, sender=people[1]).entry.label == number
        assert trainer.contribute([number], number, sender=people[1]).entry.label == number


def test_a_class_that_is_added_does_not_change_the_meaning_of_a_number(chain, people):
    model = dcai.NaiveBayes(classes=("no", "yes"), max_classes=3).fit([[1, 0], [0, 1]], [0, 1])
    trainer = dcai.deploy(chain, model, dcai.DepositRefundTake())
    theirs = dcai.attach(chain, trainer.address)
    trainer.add_class("1")

    for one in (theirs, dcai.attach(chain, trainer.address)):
        assert one.contribute([0], 1, sender=people[1]).entry.label == 1
        assert one.contribute([0], "1", sender=people[1]).entry.label == 2


def test_names_that_look_like_the_numbered_ones_stay_apart():
    names = distinct(("a", "a", "a (class 0)", "", ""))

    assert names == ("a (class 0)'", "a (class 1)", "a (class 0)", "(class 3)", "(class 4)")


def test_a_function_for_the_published_encoder_is_not_dropped_beside_one_of_ones_own(chain):
    encoder = dcai.TextEncoder(vocabulary_size=2).fit(["a b"])

    with pytest.raises(InvalidInput, match="embed=… for the published encoder, or encoder=…, not both"):
        dcai.attach(chain, "0x" + "11" * 20, embed=len, encoder=encoder)
