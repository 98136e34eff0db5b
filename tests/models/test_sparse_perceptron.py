"""The twin is the contract, integer for integer, and a scikit-learn classifier."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.exceptions import NotFittedError

import dcai
from dcai.errors import InvalidInput
from dcai.samples import pack_batch, pack_sparse
from tests.support import binary

TRAINER = "SparsePerceptronDRT"
CASES = 2_560
FREE = {"weight_wei": 0, "minimum_wei": 1, "size_unit": 65_535}

X = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
Y = [1, 0, 1, 0]


@pytest.fixture
def trainer_of(chain, launch):
    """Return a function that puts a twin on the chain."""

    def deploy(twin, salt=0):
        return launch(twin.weights_[0], int(twin.bias_[0]), salt=salt, **FREE)

    return deploy


@pytest.fixture
def teach(chain):
    """Return a function that contributes samples one by one, or all of them as one batch."""

    def contribute(trainer, samples, labels, *, batched):
        def send(function, *args, value):
            chain.invoke(TRAINER, trainer.address, function, *args, 0, sender=chain.accounts[1], value=value, gas=10**7)

        if batched:
            send("contributeBatch", pack_batch(samples, labels), value=len(samples))
        else:
            for sample, label in zip(samples, labels, strict=True):
                send("contribute", sample, label, value=1)

    return contribute


def random_samples(random, features, count):
    """Return samples of 1 to 12 features, with the first and the last feature more often than others."""
    samples = []
    for _ in range(count):
        size = random.integers(1, min(features, 12) + 1)
        chosen = set(random.choice(features, size, replace=False).tolist())
        chosen |= {edge for edge in (0, features - 1) if random.random() < 0.2}
        samples.append(pack_sparse(sorted(chosen)))
    return samples


def learn(twin, samples, labels):
    for sample, label in zip(samples, labels, strict=True):
        twin.learn(sample, label)


# Twin = contract


@pytest.mark.parametrize("batched", [False, True], ids=["one by one", "in batches"])
def test_after_thousands_of_random_samples_the_parameters_are_the_contracts(
    anvil, perceptron, trainer_of, teach, chain, batched
):
    random = np.random.default_rng(1)
    twin = perceptron(random.integers(-3, 4, 100), bias=1)
    trainer = trainer_of(twin)
    changed = 0
    for _ in range(CASES // 256):
        samples, labels = random_samples(random, 100, 256), random.integers(0, 2, 256).tolist()
        before = twin.parameters()

        learn(twin, samples, labels)
        teach(trainer, samples, labels, batched=batched)

        assert trainer.model().parameters() == twin.parameters()
        changed += twin.parameters() != before
    assert changed == CASES // 256
    assert trainer.audit().problems == ()


def test_thousands_of_predictions_and_scores_are_the_contracts(anvil, perceptron, trainer_of, chain):
    random = np.random.default_rng(2)
    twin = perceptron(random.integers(-128, 128, 100), bias=-20)
    trainer = trainer_of(twin)
    samples = random_samples(random, 100, CASES)

    calls = [trainer.contract.codec.call(question, sample) for sample in samples for question in ("predict", "score")]
    answers = []
    for start in range(0, len(calls), 512):
        answers += chain.read(TRAINER, trainer.address, "multicall", calls[start : start + 512])

    margins = [int(twin.weights_[0, np.frombuffer(sample, ">u2")].sum() + twin.bias_[0]) for sample in samples]
    assert [trainer.contract.codec.result("predict", answer) for answer in answers[::2]] == [
        int(m > 0) for m in margins
    ]
    assert [trainer.contract.codec.result("score", answer) for answer in answers[1::2]] == [(0, m) for m in margins]
    assert [twin.label_of(sample) for sample in samples] == [int(m > 0) for m in margins]


@st.composite
def lessons(draw):
    """Draw a model, often at the ends of its lanes, and samples with labels for it."""
    features = draw(st.integers(1, 80))
    extreme = st.sampled_from([-128, -127, -1, 0, 1, 126, 127])
    weights = draw(st.lists(extreme | st.integers(-128, 127), min_size=features, max_size=features))
    bias = draw(st.sampled_from([-(2**15), -(2**15) + 1, -1, 0, 1, 2**15 - 2, 2**15 - 1]) | st.integers(-300, 300))
    index_sets = st.sets(st.integers(0, features - 1), min_size=1, max_size=features)
    samples = draw(st.lists(index_sets.map(sorted).map(pack_sparse), min_size=1, max_size=6))
    labels = draw(st.lists(st.integers(0, 1), min_size=len(samples), max_size=len(samples)))
    return weights, bias, samples, labels


ALL = pack_sparse(range(300))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(([127] * 300, -(2**15) + 1, [ALL] * 3, [1, 0, 1])).via("weights at their upper end")
@example(([-128] * 300, 2**15 - 1, [ALL] * 3, [1, 1, 1])).via("the bias at its upper end, weights at their lower")
@example(([127] * 300, -(2**15), [ALL] * 3, [0, 0, 0])).via("the bias at its lower end, weights at their upper")
@example(([1, -1], 0, [pack_sparse([0, 1])] * 2, [0, 1])).via("level scores")
@example(([0] * 14, 0, [pack_sparse([0, 13])] * 3, [1, 0, 1])).via("all of it in the first slot")
@example(([0] * 15, 0, [pack_sparse([13, 14])] * 3, [1, 0, 1])).via("the first byte of the second slot")
@given(lessons())
def test_one_by_one_or_in_a_batch_the_contract_learns_what_the_twin_learns(
    anvil, chain, perceptron, trainer_of, teach, lesson
):
    weights, bias, samples, labels = lesson
    twin = perceptron(weights, bias)
    snapshot = chain.snapshot()
    single, batched = trainer_of(twin, salt=1), trainer_of(twin, salt=2)

    learn(twin, samples, labels)
    teach(single, samples, labels, batched=False)
    teach(batched, samples, labels, batched=True)

    assert single.model().parameters() == twin.parameters()
    assert batched.model().parameters() == twin.parameters()
    chain.revert(snapshot)


def test_parameters_at_the_end_of_their_range_stay_there_on_the_chain(perceptron, trainer_of, teach):
    upper = trainer_of(perceptron([-128] * 300, bias=2**15 - 1), salt=1)
    lower = trainer_of(perceptron([127] * 300, bias=-(2**15)), salt=2)

    teach(upper, [ALL], [1], batched=False)
    teach(lower, [ALL], [0], batched=True)

    assert (upper.model().bias_.tolist(), set(upper.model().weights_[0].tolist())) == ([2**15 - 1], {-127})
    assert (lower.model().bias_.tolist(), set(lower.model().weights_[0].tolist())) == ([-(2**15)], {126})


# What scikit-learn expects of a classifier


def test_a_level_score_is_class_0(perceptron):
    twin = perceptron([1, -1])

    assert twin.predict([[1, 1], [1, 0], [0, 0]]).tolist() == [0, 1, 0]
    assert twin.estimator().decision_function([[1, 1], [1, 0], [0, 0]]).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "form",
    [
        lambda rows: rows.tolist(),
        lambda rows: rows.astype(float) * 0.5,
        lambda rows: rows.astype(bool),
        sparse.csr_matrix,
        sparse.csc_matrix,
        sparse.coo_array,
    ],
    ids=["lists", "floats", "bools", "csr", "csc", "coo array"],
)
def test_a_feature_is_there_where_a_row_is_not_zero_however_rows_are_given(form):
    expected = dcai.SparsePerceptron().fit(X, Y).twin

    model = dcai.SparsePerceptron().fit(form(X), Y)

    assert model.twin.parameters() == expected.parameters()
    assert model.predict(form(X)).tolist() == expected.predict(X).tolist()


def test_zeros_that_are_stored_and_entries_that_are_stored_twice_count_as_what_they_add_up_to():
    stored = sparse.csr_matrix(([1, 1, 0, 1], [0, 0, 1, 2], [0, 3, 4]), shape=(2, 3))

    model = dcai.SparsePerceptron().fit(stored, [1, 0])

    expected = dcai.SparsePerceptron().fit([[1, 0, 0], [0, 0, 1]], [1, 0])
    assert model.twin.parameters() == expected.twin.parameters()


def test_entries_that_cancel_each_other_are_not_a_feature():
    stored = sparse.csr_matrix(([1, -1, 1], [0, 0, 1], [0, 3]), shape=(1, 2))

    assert dcai.SparsePerceptron(("no", "yes")).fit(stored, [1]).weights_.tolist() == [[0, 1]]


def test_the_rows_that_it_is_fitted_on_stay_as_they_were():
    rows = sparse.csr_matrix(([3, 5, 7, 1], [1, 0, 2, 1], [0, 2, 4]), shape=(2, 3))
    before = rows.toarray()

    dcai.SparsePerceptron().fit(rows, [0, 1]).predict(rows)

    assert rows.indices.tolist() == [1, 0, 2, 1]
    assert (rows.toarray() == before).all()


def test_labels_may_be_numbers_or_names():
    named = dcai.SparsePerceptron(classes=("no", "yes")).fit(X, ["yes", "no", "yes", "no"])
    numbered = dcai.SparsePerceptron(classes=("no", "yes")).fit(X, Y)

    assert named.twin.parameters() == numbered.twin.parameters() == dcai.SparsePerceptron().fit(X, Y).twin.parameters()
    assert named.classes_.tolist() == numbered.classes_.tolist() == ["no", "yes"]


@given(st.binary(min_size=3, max_size=400))
def test_parameters_come_back_as_they_were(parameters):
    twin = binary.perceptron(parameters)

    assert twin.parameters() == parameters
    assert twin.n_features == twin.weights_.shape[1] == len(parameters) - 2


def test_an_unfitted_one_says_so():
    for question in (lambda m: m.predict(X), lambda m: m.twin):
        with pytest.raises(NotFittedError):
            question(dcai.SparsePerceptron())


@pytest.mark.parametrize(
    "indices",
    [[], [3, 1], [1, 1], [-1, 2], [40], [65_536], [1.5], [[1], [2]], ["one"], [False, True], None, [2**70], 3],
    ids=repr,
)
def test_what_is_not_a_sample_of_the_model_is_reported_in_a_sentence(perceptron, indices):
    with pytest.raises(InvalidInput):
        perceptron([0] * 40).pack(indices)


@pytest.mark.parametrize(
    "indices", [[0, 39], (0, 39), np.array([0, 39], np.uint16), range(0, 40, 39), np.array([0, 39])]
)
def test_a_sample_is_packed_from_any_list_of_indices(perceptron, indices):
    assert perceptron([0] * 40).pack(indices) == b"\0\0\0\x27"
