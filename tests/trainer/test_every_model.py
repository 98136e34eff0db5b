"""Trainers of every model, from fitting to the audit."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.pipeline import make_pipeline

import dcai
from dcai import errors
from dcai.chain.codec import codec

TEXTS = ("a fine film", "fine acting and a fine story", "what a dull film", "dull story, long and dull")
LABELS = ("good", "good", "bad", "bad")
ROWS = ([1.0, 2.0, 0.5], [0.9, 2.2, 0.4], [-1.0, 0.3, 2.0], [-1.2, 0.1, 1.9])
SPARSE = (dcai.SparsePerceptron, dcai.AveragedPerceptron, dcai.SparseNearestCentroid, dcai.NaiveBayes)
DENSE = (dcai.DensePerceptron, dcai.NearestCentroid)
FREE = dcai.DepositRefundTake(weight_wei=0)


def fitted(kind, **settings):
    encoder = dcai.VectorEncoder() if kind in DENSE else dcai.TextEncoder(vocabulary_size=50)
    inputs = ROWS if kind in DENSE else TEXTS
    if kind in DENSE:
        encoder.fit(inputs, feature_names=["width", "height", "depth"])
    else:
        encoder.fit(inputs)
    model = kind(classes=("bad", "good"), **settings).fit(encoder.transform(inputs), LABELS)
    return model, encoder, inputs


@pytest.fixture
def trained(chain, people):
    """Return a function that deploys a model of a kind, and returns it with its inputs."""

    def deploy(kind, **settings):
        model, encoder, inputs = fitted(kind, **settings)
        return dcai.deploy(chain, model, FREE, encoder=encoder, name=kind.__name__, sender=people[0]), inputs

    return deploy


@pytest.mark.parametrize("max_classes", [2, 4])
@pytest.mark.parametrize("kind", [*SPARSE, *DENSE])
def test_a_model_is_shared_attached_to_taught_refunded_and_audited(trained, chain, people, kind, max_classes):
    trainer, inputs = trained(kind, max_classes=max_classes)
    found = dcai.attach(chain, trainer.address)

    assert found.predict_many(inputs) == [found.predict(one) for one in inputs]
    predicted = found.predict(inputs[0])
    mine = found.contribute(inputs[0], predicted, sender=people[1])
    batch, *_ = found.contribute_many(inputs, LABELS, sender=people[2], progress=False)
    chain.travel(FREE.refund_after)
    assert mine.refund() == mine.entry.deposit_wei
    assert batch.refund() > 0

    model, encoder, _ = fitted(kind, max_classes=max_classes)
    twin = model.twin
    for one, label in zip((inputs[0], *inputs), (predicted, *LABELS), strict=True):
        twin.learn(twin.pack(encoder.encode(one)), found.labels.index(label))
    assert found.model().parameters() == twin.parameters()
    assert found.audit().problems == ()


@pytest.mark.parametrize("kind", [*SPARSE, *DENSE])
def test_an_explanation_is_in_the_encoders_words_and_adds_up_to_the_contracts_score(trained, kind):
    trainer, inputs = trained(kind)

    for one in inputs:
        explanation = trainer.explain(one)
        assert dict(zip(trainer.labels, explanation.scores, strict=True)) == trainer.score(one)
        for label, score in enumerate(explanation.scores):
            assert explanation.base[label] + sum(row[label] for row in explanation.contributions) == score
    if kind in DENSE:
        assert explanation.names == ("width", "height", "depth")
    else:
        assert set(explanation.names) == {"dull", "story", "long", "and"}


@pytest.mark.parametrize("kind", [*SPARSE, *DENSE])
def test_a_class_that_is_added_wins_nothing_until_it_learns_and_everybody_hears_of_it(trained, chain, people, kind):
    trainer, inputs = trained(kind, max_classes=3)
    other = dcai.attach(chain, trainer.address)
    before = [trainer.predict(one) for one in inputs]

    trainer.add_class("so-so")

    assert trainer.labels == ("bad", "good", "so-so")
    assert [trainer.predict(one) for one in inputs] == before
    assert trainer.score(inputs[0])["so-so"] == -(2**255)
    for _ in range(5):
        other.contribute(inputs[3], "so-so", sender=people[1])
    assert other.labels == trainer.labels
    assert dcai.attach(chain, trainer.address).audit().ok


def test_a_class_that_somebody_else_has_added_is_named_in_an_answer(trained, chain):
    trainer, inputs = trained(dcai.NaiveBayes, max_classes=3)
    other = dcai.attach(chain, trainer.address)
    trainer.add_class("dull")
    for _ in range(9):
        trainer.contribute(inputs[3], "dull")

    assert other.predict(inputs[3]) == "dull"


def test_only_the_creator_adds_classes_and_only_where_there_is_room(trained, chain, refused):
    trainer, _ = trained(dcai.NearestCentroid, max_classes=3)
    full, _ = trained(dcai.SparsePerceptron)

    with refused(errors.InvalidInput, "max_classes=3"):
        full.add_class("more")
    with refused(errors.InvalidInput, "already"):
        trainer.add_class("bad")
    chain.accounts = chain.accounts[1:]
    with refused(errors.InvalidInput, trainer.creator):
        trainer.add_class("more")


def test_an_encoder_of_another_kind_than_the_model_is_refused(chain, refused):
    model, _, _ = fitted(dcai.NearestCentroid)
    _, words, _ = fitted(dcai.NaiveBayes)
    fine = dcai.VectorEncoder(bits=16).fit(ROWS)

    with refused(errors.InvalidInput, "NearestCentroid is dense"):
        dcai.deploy(chain, model, FREE, encoder=words)
    with refused(errors.InvalidInput, "bits=8"):
        dcai.deploy(chain, model, FREE, encoder=fine)


def test_a_model_that_no_contribution_could_reach_is_refused(chain, refused):
    row = np.zeros((1, 4096), dtype=np.int8)
    row[0, 0] = 127
    model = dcai.DensePerceptron(classes=[str(number) for number in range(15)]).fit(row, [0])

    with refused(errors.InvalidInput, "gas", "fewer features or fewer classes"):
        dcai.deploy(chain, model, FREE)


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        ([1.0, 2.0], ["2 values", "3 columns"]),
        ([1.0, float("nan"), 0.0], ["height", "nan"]),
        ([0.0, 0.0, 0.0], ["direction"]),
    ],
)
def test_what_is_not_a_vector_is_refused_before_anything_is_sent(trained, refused, vector, words):
    trainer, _ = trained(dcai.NearestCentroid)

    with refused(errors.InvalidInput, *words):
        trainer.contribute(vector, "good")


def test_texts_go_through_an_embedding_that_whoever_attaches_brings(chain, people, refused):
    svd = make_pipeline(HashingVectorizer(n_features=2**10), TruncatedSVD(3, random_state=0)).fit(TEXTS)
    encoder = dcai.EmbeddingEncoder(svd.transform, "SVD of four reviews", dimensions=3).fit(TEXTS)
    model = dcai.NearestCentroid(classes=("bad", "good")).fit(encoder.transform(TEXTS), LABELS)
    trainer = dcai.deploy(chain, model, FREE, encoder=encoder, sender=people[0])

    alone = dcai.attach(chain, trainer.address)
    with refused(errors.InvalidInput, "SVD of four reviews", trainer.address, "embed="):
        alone.predict(TEXTS[0])
    found = dcai.attach(chain, trainer.address, embed=svd.transform)

    assert [found.predict(text) for text in TEXTS] == list(LABELS)


# What a creator may do, and what not


@pytest.mark.parametrize("kind", [*SPARSE, *DENSE])
@pytest.mark.parametrize("at_the_end", [False, True])
def test_a_class_can_not_be_prepared_before_it_exists(chain, kind, at_the_end):
    model, _, _ = fitted(kind, max_classes=3)
    hidden, _, _ = fitted(kind, max_classes=3)
    if isinstance(hidden, dcai.SparsePerceptron | dcai.DensePerceptron | dcai.AveragedPerceptron):
        table, heads = hidden.weights_, hidden.bias_
    else:
        table, heads = hidden.sums_, hidden.counts_
    if at_the_end:
        table[2, -1] = 1
    else:
        heads[2] = 7
    assert hidden.twin.parameters() != model.twin.parameters()

    with pytest.raises(errors.NoSuchClassYet):
        dcai.deploy(chain, hidden, FREE)


def test_a_class_can_not_be_prepared_in_a_later_chunk(chain, people):
    features = 3_000
    model = dcai.NaiveBayes(classes=("bad", "good"), max_classes=4).fit(np.eye(2, features), [0, 1])
    model.sums_[3, features - 1] = 1

    with pytest.raises(errors.NoSuchClassYet) as caught:
        dcai.deploy(chain, model, FREE)

    assert caught.value.offset == 16 + 4 * 8 + 8 * features - 4


def test_an_audit_tells_of_counts_that_no_samples_add_up_to(chain):
    model, encoder, _ = fitted(dcai.NaiveBayes)
    model.sums_[1, 0] = 60_000
    trainer = dcai.deploy(chain, model, FREE, encoder=encoder)

    (problem,) = trainer.audit().problems

    assert "'good'" in problem
    assert "cannot result from training" in problem


@pytest.mark.parametrize("name", ["", "x" * 65, "two\nlines", "a\tb", "a\0"])
def test_a_name_is_short_and_one_line(trained, chain, refused, name):
    trainer, _ = trained(dcai.NaiveBayes, max_classes=3)

    with refused(errors.InvalidInput):
        trainer.add_class(name)
    with refused(errors.BadName):
        chain.invoke("ITrainer", trainer.address, "addClass", name, sender=trainer.creator)


def test_a_name_that_is_not_text_keeps_nobody_out(trained, chain, people):
    trainer, inputs = trained(dcai.NaiveBayes, max_classes=3)
    mine = trainer.contribute(inputs[0], trainer.predict(inputs[0]), sender=people[1])
    call = bytearray(codec("ITrainer").call("addClass", "??"))
    call[call.index(b"??") : call.index(b"??") + 2] = b"\xff\xfe"
    chain.send(trainer.address, bytes(call), sender=trainer.creator)
    chain.travel(FREE.refund_after)

    found = dcai.attach(chain, trainer.address)

    assert found.labels == ("bad", "good", "��")
    assert found.contribution(mine.id).refund() == mine.entry.deposit_wei
    assert found.audit().ok
