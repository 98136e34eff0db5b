"""The averaged perceptron learns as its weights say, and answers as their average does."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dcai
from dcai import errors
from dcai.models.twins import AveragedPerceptronTwin
from dcai.samples import pack_sparse
from dcai.testing.pair import Pair
from tests.support.plain_models import PlainAveraged

FULL = 2**20 - 1
FEATURES = 15
CLASSES = ("no", "yes", "maybe", "never")


def settings_of(classes, room, features=FEATURES):
    return bytes([classes]) + features.to_bytes(2, "big") + bytes([room]) + bytes(6)


def twin_of(plain):
    given = settings_of(plain.classes, plain.max_classes)
    return AveragedPerceptronTwin.from_parameters(given, plain.parameters(), CLASSES[: plain.classes])


def random_rows(seed, count, features=FEATURES):
    random = np.random.default_rng(seed)
    rows = random.random((count, features)) < 0.3
    rows[~rows.any(axis=1), 0] = True
    return rows.astype(np.int64), random.integers(0, 2, count)


# The rule


def test_the_answer_is_that_of_the_mean_of_the_weights_after_each_update():
    rows, labels = random_rows(0, 200)
    plain, kept = dcai.SparsePerceptron(classes=("no", "yes")).fit(rows[:0], []).twin, []
    for row, label in zip(rows, labels.tolist(), strict=True):
        before = plain.parameters()
        plain.learn(pack_sparse(np.flatnonzero(row)), label)
        if plain.parameters() != before:
            kept.append((plain.weights_[0].copy(), int(plain.bias_[0])))

    model = dcai.AveragedPerceptron(classes=("no", "yes")).fit(rows, labels)

    assert model.updates_ == len(kept)
    assert model.weights_.tolist() == plain.weights_.tolist()
    means = [Fraction(sum(int(w[i]) for w, _ in kept), len(kept)) for i in range(FEATURES)]
    bias = Fraction(sum(b for _, b in kept), len(kept))
    for row, score in zip(rows, model.decision_function(rows).tolist(), strict=True):
        assert score == len(kept) * (bias + sum(means[i] for i in np.flatnonzero(row)))


lanes = st.sampled_from([-(2**20), 1 - 2**20, -5, 0, 5, 2**20 - 2, 2**20 - 1]) | st.integers(-(2**20), 2**20 - 1)
weights = st.sampled_from([-128, -127, -1, 0, 1, 126, 127]) | st.integers(-128, 127)
biases = st.sampled_from([-(2**15) + 1, -1, 0, 1, 2**15 - 1]) | st.integers(-300, 300)
counters = st.sampled_from([0, 1, 2, 70_000, FULL - 2, FULL - 1, FULL, 2**24 - 1]) | st.integers(0, FULL)
samples = st.sets(st.integers(0, FEATURES - 1), min_size=1).map(sorted)


@st.composite
def lessons(draw):
    """Draw a model, often at the ends of its lanes, and samples with labels for it."""
    classes, room = draw(st.sampled_from([(2, 2), (3, 3), (2, 4), (4, 4)]))
    plain = PlainAveraged(FEATURES, classes, room)
    plain.updates = draw(counters)
    for k in range(1 if plain.binary else classes):
        plain.bias[k] = draw(biases) if plain.binary else draw(biases | st.none())
        plain.cached_bias[k] = draw(st.sampled_from([-(2**39), 0, 2**39 - 1]) | st.integers(-(2**30), 2**30))
        for i in range(FEATURES):
            plain.weights[k, i], plain.cached[k, i] = draw(weights), draw(lanes)
    many = st.lists(st.tuples(samples, st.integers(0, classes - 1)), min_size=1, max_size=8)
    return plain, draw(many)


def nearly_full():
    plain = PlainAveraged(FEATURES, 2, 2)
    plain.updates, plain.bias[0] = FULL - 1, 0
    return plain, [([0, 1], 1), ([0, 1], 0), ([0, 1], 0)]


def at_the_ends():
    plain = PlainAveraged(FEATURES, 2, 2)
    plain.updates, plain.bias[0] = 1_000, -(2**15)
    plain.weights[0, 0], plain.weights[0, 1], plain.weights[0, 2] = 127, 0, 0
    plain.cached[0, 1], plain.cached[0, 2] = 2**20 - 1_000, 2**20 - 1_001
    return plain, [([0, 1, 2], 1), ([0, 1, 2], 1)]


@settings(max_examples=300, deadline=None)
@example(nearly_full())
@example(at_the_ends())
@given(lessons())
def test_it_learns_and_answers_as_whole_numbers_without_an_end_would_until_a_lane_ends(lesson):
    plain, lessons_ = lesson
    twin = twin_of(plain)
    for sample, label in lessons_:
        present = dict.fromkeys(sample, 1)
        assert twin.scores_of(pack_sparse(sample)) == plain.scores(present)
        twin.learn(pack_sparse(sample), label)
        plain.learn(present, label)
    assert twin.parameters() == plain.parameters()
    told = twin.explain(pack_sparse(lessons_[-1][0]))
    for k, score in enumerate(told.scores):
        assert told.base[k] + sum(row[k] for row in told.contributions) == score


@pytest.mark.parametrize("max_classes", [2, 3])
def test_a_weight_without_room_keeps_what_is_cached_for_it(chain, max_classes):
    fitted = dcai.AveragedPerceptron(CLASSES[:2], max_classes).fit(np.eye(2, FEATURES), [0, 1])
    fitted.twin.updates_ = 1_000
    fitted.weights_[:2, 0], fitted.cached_weights_[:2, 1] = 127, 2**20 - 500
    fitted.bias_[:2] = [-900] if max_classes == 2 else [-900, 900]
    pair = Pair(chain, fitted.twin)

    pair.contribute(np.array([0, 1, 2]), 1 if max_classes == 2 else 0)

    assert pair.twin.updates_ == 1_001
    assert pair.twin.weights_[0, :3].tolist() == [127, fitted.weights_[0, 1], fitted.weights_[0, 2] + 1]
    assert pair.twin.cached_weights_[0, 1] == 2**20 - 500
    assert pair.twin.cached_weights_[0, 2] == fitted.cached_weights_[0, 2] + 1_000


@pytest.mark.parametrize("max_classes", [2, 3])
def test_a_full_model_goes_on_answering_and_learns_nothing(chain, max_classes):
    rows, labels = random_rows(1, 60)
    fitted = dcai.AveragedPerceptron(CLASSES[:2], max_classes).fit(rows, labels).twin
    fitted.updates_ = FULL - 1
    pair = Pair(chain, fitted)
    sample = np.array([0, 3, 5])

    def wrong():
        margins = pair.twin.weights_[:2][:, sample].sum(axis=1) + pair.twin.bias_[:2]
        return 1 - int(margins[0] > 0 if max_classes == 2 else margins.argmax())

    pair.contribute(sample, wrong())
    assert pair.twin.updates_ == FULL
    before = pair.twin.parameters()
    pair.contribute(sample, wrong())
    pair.contribute_many([sample] * 3, [0, 1, 1])

    assert pair.twin.parameters() == before


# What noise does to it


def test_a_sample_that_the_weights_get_right_changes_nothing_on_the_chain(chain):
    rows, labels = random_rows(2, 80)
    trainer = dcai.deploy(chain, dcai.AveragedPerceptron(CLASSES[:2]).fit(rows, labels), dcai.DepositRefundTake())
    sample = np.array([1, 4, 9])
    twin = trainer.model()
    agreed = int(twin.weights_[0, sample].sum() + twin.bias_[0] > 0)

    for _ in range(5):
        trainer.contribute(sample, agreed)

    assert trainer.model().parameters() == twin.parameters()


def test_wrong_copies_of_one_sample_turn_the_perceptron_at_once_and_its_average_never():
    rows, labels = random_rows(3, 600)
    labels = (rows[:, :7].sum(axis=1) > rows[:, 7:].sum(axis=1)).astype(int)
    plain, averaged = (
        kind(classes=("no", "yes")).fit(rows, labels) for kind in (dcai.SparsePerceptron, dcai.AveragedPerceptron)
    )
    sample = pack_sparse([0, 1, 2, 3, 4])
    for model in (plain, averaged):
        assert model.twin.label_of(sample) == 1
        for _ in range(50):
            model.twin.learn(sample, 0)

    assert (plain.twin.label_of(sample), averaged.twin.label_of(sample)) == (0, 1)


# What a creator may load


def test_bits_that_mean_nothing_are_kept_as_they_were_loaded(chain):
    parameters = np.random.default_rng(4).bytes(
        len(dcai.AveragedPerceptron(CLASSES[:2]).fit(np.eye(2, 20), [0, 1]).twin.parameters())
    )
    twin = AveragedPerceptronTwin.from_parameters(settings_of(2, 2, 20), parameters, CLASSES[:2])
    trainer = dcai.deploy(chain, twin, dcai.DepositRefundTake())
    for _ in range(3):
        trainer.contribute([0, 11, 12, 19], 1)
        trainer.contribute([1, 11, 12, 18], 0)

    assert twin.parameters() == parameters
    assert trainer.audit().problems == ()


@pytest.mark.parametrize("feature", [0, 1_999])
def test_what_is_cached_can_not_be_prepared_for_a_class_that_does_not_exist_yet(chain, feature):
    model = dcai.AveragedPerceptron(CLASSES[:2], 5).fit(np.eye(2, 2_000), [0, 1])
    model.cached_weights_[4, feature] = -1

    with pytest.raises(errors.NoSuchClassYet) as caught:
        dcai.deploy(chain, model, dcai.DepositRefundTake())

    assert caught.value.offset == 32 * (-(-(19 + 5 * 7 + 5 * 2_000) // 32) + (5 * feature + 4) // 12)
