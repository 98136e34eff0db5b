"""Models agree with scikit-learn's models of the same names, and are classifiers as scikit-learn expects them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Perceptron
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import NearestCentroid as CentroidOfSklearn
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from dcai import datasets
from dcai.encoders import TabularEncoder, TextEncoder, VectorEncoder
from dcai.models import (
    AveragedPerceptron,
    DensePerceptron,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
)
from tests.support.model_cases import ALL, PERCEPTRONS, Case, each_case, each_model, refused, rows_of


def digits(encoder, classes):
    data = load_digits(n_class=classes)
    rows = encoder.fit_transform(data.data)
    return rows.toarray() if sparse.issparse(rows) else rows, data.target


def noise(model, classes):
    rows = rows_of(model, 2_000, features=50)
    return rows, (rows[:, 0].astype(int) + np.random.default_rng(3).integers(0, classes, 2_000)) % classes


# of two classes, a sparse one takes a score of exactly 0 for class 0
@pytest.mark.parametrize(
    ("model", "classes"), [(SparsePerceptron, 3), (SparsePerceptron, 10), (DensePerceptron, 2), (DensePerceptron, 10)]
)
@pytest.mark.parametrize("source", ["digits", "noise"])
def test_a_perceptron_has_the_weights_of_scikit_learns(model, source, classes):
    encoder = VectorEncoder() if model.dense else TabularEncoder()
    rows, labels = digits(encoder, classes) if source == "digits" else noise(model, classes)
    # A feature of 127, whose weight times 127 is then 127² times the bias.
    unit = 127 if model.dense else 1
    reference = Perceptron(shuffle=False, max_iter=1, tol=None, fit_intercept=False)
    reference.fit(np.column_stack((rows, np.full(len(rows), unit))).astype(float), labels)

    twin = model().fit(rows, labels)

    weights = np.column_stack((twin.weights_, twin.bias_ * unit))
    assert (weights == reference.coef_).all()
    assert weights.any()


@pytest.mark.parametrize("model", [NearestCentroid, SparseNearestCentroid], ids=lambda model: model.__name__)
def test_nearest_centroids_are_those_of_scikit_learn(model):
    rows, labels = digits(VectorEncoder() if model.dense else TabularEncoder(), 10)
    reference = CentroidOfSklearn().fit(rows.astype(float), labels)

    twin = model().fit(rows, labels)

    assert (twin.predict(rows) == reference.predict(rows.astype(float))).all()
    squares = ((rows[:, np.newaxis].astype(float) - reference.centroids_) ** 2).sum(axis=2)
    norms = (rows.astype(float) ** 2).sum(axis=1, keepdims=True)
    assert np.abs(twin.twin.scores(rows) / 2**32 - (norms - squares)).max() < 1e-6


@pytest.mark.parametrize("smoothing", [1.0, 0.1])
@pytest.mark.parametrize("words", [10, 500])
@pytest.mark.parametrize("classes", [2, 5])
def test_naive_bayes_is_that_of_scikit_learn(classes, words, smoothing):
    random = np.random.default_rng(classes)
    labels = random.integers(0, classes, 3_000)
    chances = np.clip(words / 1_000 * random.uniform(0.7, 1.3, (classes, 1_000)), 0, 1)
    rows = (random.random((3_000, 1_000)) < chances[labels]).astype(np.int64)
    reference = MultinomialNB(alpha=smoothing).fit(rows[:2_000], labels[:2_000])

    twin = NaiveBayes(smoothing=smoothing).fit(rows[:2_000], labels[:2_000])

    assert (twin.predict(rows) == reference.predict(rows)).mean() >= 0.999
    # Every feature's logarithm of a total, every ninth's of a product, and two more are each off by less than 1e-9.
    difference = np.abs(twin.twin.scores(rows) * 1e-9 - reference.predict_joint_log_proba(rows))
    assert (difference.max(axis=1) < (rows.sum(axis=1) * 10 / 9 + 3) * 1e-9).all()


@pytest.mark.parametrize(("classes", "shape"), [(2, (9,)), (3, (9, 3))])
@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_its_decision_function_is_above_0_where_class_1_wins_and_has_a_column_a_class_for_more(model, classes, shape):
    twin = Case(model, classes, classes).fitted()
    rows = rows_of(model, 9, 8)
    decisions = twin.decision_function(rows)

    assert decisions.shape == shape
    if classes == 2:
        assert (decisions == twin.twin.scores(rows)[:, 1] - twin.twin.scores(rows)[:, 0]).all()
        assert (twin.classes_[(decisions > 0).astype(int)] == twin.predict(rows)).all()
    else:
        assert (decisions == twin.twin.scores(rows)).all()
        assert (twin.classes_[decisions.argmax(axis=1)] == twin.predict(rows)).all()


@each_model
@pytest.mark.parametrize("only", [0, 1])
def test_a_class_without_samples_loses_every_decision(case, only):
    model = case.make().fit(rows_of(case.model, 5), [only] * 5)

    assert ((model.decision_function(rows_of(case.model, 5, 3)) > 0) == only).all()


@each_model
def test_its_accuracy_is_asked_for_with_labels_or_with_the_names_that_it_was_fitted_with(case):
    rows, names = rows_of(case.model, 60), np.array(["a", "b"] * 30)
    labels = np.arange(60) % 2
    model = case.make().fit(rows, names)
    right = model.predict(rows) == names

    assert model.score(rows, names) == model.score(rows, labels) == right.mean()
    assert model.score(rows, list(names), sample_weight=right) == 1.0
    assert 0 < right.mean() < 1
    refused(lambda: model.score(rows, ["c"] * 60), ["no class 'c'"])
    refused(lambda: model.score(rows, names[1:]), ["60 rows", "59 labels"])


@each_case
def test_it_is_cloned_without_and_pickled_with_what_it_has_learnt(case):
    fitted = case.fitted()

    assert clone(fitted).get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        clone(fitted).predict(rows_of(case.model, 1))
    assert pickle.loads(pickle.dumps(fitted)).twin.parameters() == fitted.twin.parameters()
    assert fitted.score(rows_of(case.model, 60), fitted.predict(rows_of(case.model, 60))) == 1.0


@pytest.mark.parametrize("name", ["sms", "imdb"])
def test_naive_bayes_of_real_texts_answers_as_scikit_learns_does(name):
    folder = os.environ.get("DCAI_DATA_DIR")
    if not folder:
        pytest.skip("the real texts are in the folder that DCAI_DATA_DIR names")
    if name == "imdb":
        with np.load(Path(folder) / "imdb_top1000_presence_bits.npz") as arrays:
            parts = [np.unpackbits(arrays[f"{part}_bits"], axis=1, bitorder="little") for part in ("train", "test")]
            rows, asked = (sparse.csr_matrix(bits[:, :1000]) for bits in parts)
            labels = arrays["train_label"].astype(int)
    else:
        data = datasets.load(name)
        encoder = TextEncoder(vocabulary_size=1000).fit(data.train_inputs)
        rows, asked = encoder.transform(data.train_inputs), encoder.transform(data.test_inputs)
        # no contract learns an empty sample
        known = rows.getnnz(axis=1) > 0
        rows, labels = rows[known], np.asarray(data.train_labels)[known]
    reference = MultinomialNB().fit(rows, labels)

    twin = NaiveBayes().fit(rows, labels)

    assert asked.getnnz(axis=1).max() > 50
    assert (twin.predict(asked) == reference.predict(asked)).mean() >= 0.999


# Labels


SPAM = ["ham", "spam"] * 30


@each_model
def test_labels_are_those_that_it_was_fitted_with(case):
    rows = rows_of(case.model, 60)
    model = case.model().fit(rows, SPAM)

    assert (model.classes_ == np.array(["ham", "spam"])).all()
    assert set(model.predict(rows)) == {"ham", "spam"}
    assert model.score(rows, SPAM) == (model.predict(rows) == SPAM).mean()
    assert model.twin.classes == ("ham", "spam")


@each_model
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.uint16, bool], ids=lambda dtype: dtype.__name__)
def test_numbers_come_back_as_the_numbers_they_were(case, dtype):
    rows, labels = rows_of(case.model, 60), np.array([1, 0] * 30, dtype=dtype)
    model = case.model().fit(rows, labels)

    assert model.classes_.dtype == model.predict(rows).dtype == dtype
    assert model.classes_.tolist() == [0, 1]


@each_model
def test_numbers_need_not_begin_with_0(case):
    rows, labels = rows_of(case.model, 60), np.array([7, -2, 40] * 20)
    model = case.model().fit(rows, labels)

    assert model.classes_.tolist() == [-2, 7, 40]
    assert set(model.predict(rows).tolist()) <= {-2, 7, 40}
    assert model.twin.classes == ("-2", "7", "40")


@each_model
def test_classes_that_are_given_keep_their_order(case):
    rows = rows_of(case.model, 60)
    model = case.model(classes=("spam", "ham")).fit(rows, SPAM)
    numbered = case.model(classes=(7, 3)).fit(rows, [3, 7] * 30)

    assert model.classes_.tolist() == ["spam", "ham"]
    assert numbered.classes_.tolist() == [7, 3]
    assert (model.predict(rows) == np.where(numbered.predict(rows) == 7, "spam", "ham")).all()
    assert model.twin.parameters() == numbered.twin.parameters()


@each_model
def test_it_is_searched_and_validated_as_any_classifier(case):
    rows = rows_of(case.model, 60)

    scores = cross_val_score(case.model(), rows, SPAM, scoring="accuracy", error_score="raise")
    search = GridSearchCV(case.model(), {"max_classes": [2, 3]}, cv=3, error_score="raise").fit(rows, SPAM)
    pipeline = make_pipeline(FunctionTransformer(), case.model()).fit(rows, SPAM)

    assert len(scores) == 5
    assert np.isfinite(scores).all()
    assert search.predict(rows).tolist() == search.best_estimator_.predict(rows).tolist()
    assert pipeline.score(rows, SPAM) == accuracy_score(SPAM, pipeline.predict(rows))


@each_model
def test_all_classes_are_named_before_it_is_fitted_in_parts(case):
    rows = rows_of(case.model, 60)
    whole = case.model(classes=("ham", "spam")).partial_fit(rows, SPAM)
    parts = case.model().partial_fit(rows[:1], SPAM[:1], classes=["spam", "ham"]).partial_fit(rows[1:], SPAM[1:])

    assert parts.classes_.tolist() == ["ham", "spam"]
    assert parts.twin.parameters() == whole.twin.parameters()
    refused(lambda: case.model().partial_fit(rows, SPAM), ["classes must be passed"])
    refused(lambda: parts.partial_fit(rows[:1], ["eggs"]), ["no class 'eggs'"])


@each_model
def test_a_single_class_is_refused_unless_the_others_are_named(case):
    rows = rows_of(case.model, 4)

    refused(lambda: case.model().fit(rows, ["ham"] * 4), ["one class", "'ham'", "classes="])
    assert case.model(classes=("ham", "spam")).fit(rows, ["ham"] * 4).predict(rows).tolist() == ["ham"] * 4


def test_probabilities_are_those_of_scikit_learns_naive_bayes():
    rows, labels = rows_of(NaiveBayes, 200), np.array(["a", "b", "c", "c"] * 50)
    reference = MultinomialNB().fit(rows, labels)
    model = NaiveBayes().fit(rows, labels)

    assert np.abs(model.predict_proba(rows) - reference.predict_proba(rows)).max() < 1e-6
    assert np.abs(model.predict_log_proba(rows) - reference.predict_log_proba(rows)).max() < 1e-6
    assert np.abs(model.predict_proba(rows).sum(axis=1) - 1).max() < 1e-12
    assert (model.classes_[model.predict_proba(rows).argmax(axis=1)] == model.predict(rows)).all()


def test_a_class_without_samples_has_a_probability_of_0():
    model = NaiveBayes(classes=("a", "b", "c")).fit(np.eye(2), ["a", "b"])

    assert model.predict_proba(np.eye(2))[:, 2].tolist() == [0.0, 0.0]
    assert model.predict_log_proba(np.eye(2))[:, 2].tolist() == [-np.inf, -np.inf]


@each_model
def test_its_public_names_are_scikit_learns_and_a_few_more(case):
    public = {name for name in dir(case.fitted()) if not name.startswith("_")}
    averaged = {"updates_", "weights_", "bias_", "cached_weights_", "cached_bias_"}
    learnt = {"weights_", "bias_"} if case.model in PERCEPTRONS else {"counts_", "sums_", "totals_"}
    learnt = averaged if case.model is AveragedPerceptron else learnt
    own = {"add_class", "classes", "contracts", "dense", "kinds", "max_classes", "twin", "twin_type"}
    own |= {"smoothing", "predict_proba", "predict_log_proba"} if case.model is NaiveBayes else set()

    assert public - set(dir(Perceptron().fit([[0], [1]], [0, 1]))) <= own | learnt
