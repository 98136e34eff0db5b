"""Every model refuses invalid input in a sentence with the limit and the way out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError

from dcai.models import (
    AveragedPerceptron,
    DensePerceptron,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
)
from dcai.models.twins import SparsePerceptronTwin
from tests.support.model_cases import NAMES, Case, F, each_model, packed, refused, rows_of


@each_model
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"classes": ("no",)}, ["two classes", "'no'"]),
        ({"classes": ("no", "no")}, ["two classes", "different"]),
        ({"classes": ("no", "y\nes")}, ["one line"]),
        ({"classes": "ab"}, ["two classes"]),
        ({"classes": 7}, ["two classes", "7"]),
        ({"classes": ("a", None)}, ["two classes", "None"]),
        ({"classes": [str(number) for number in range(256)]}, ["up to 255 classes, not 256"]),
        ({"max_classes": 1}, ["number of classes, 2", "not 1"]),
        ({"max_classes": 256}, ["255", "not 256"]),
        ({"max_classes": 2.5}, ["integer", "2.5"]),
    ],
    ids=lambda given: repr(given)[:40],
)
def test_classes_that_no_contract_has_are_reported_in_a_sentence(case, arguments, words):
    refused(lambda: case.model(**arguments).fit(rows_of(case.model, 4), [0, 1, 0, 1]), words)


@each_model
def test_rows_and_labels_that_dont_fit_are_reported_in_a_sentence(case):
    rows = rows_of(case.model, 4)
    for labels, words in (
        ([0, 1, 2, 1], ["no class 2", "'a'"]),
        ([0, 1, -1, 1], ["no class -1"]),
        (["a", "b", "c", "a"], ["no class 'c'"]),
        ([0, 1, 0], ["4 rows", "3 labels"]),
        ([[0, 0], [1, 0], [0, 0], [1, 0]], ["flat", "(4, 2)"]),
        (None, ["requires y"]),
    ):
        refused(lambda given=labels: case.make().fit(rows, given), words)
    model = case.fitted()
    refused(lambda: model.predict(rows_of(case.model, 4, features=F + 1)), ["23 features", "24 features"])
    refused(lambda: model.partial_fit(rows_of(case.model, 1, features=F - 1), [0]), ["23 features", "22 features"])
    refused(lambda: model.predict([["a", "b"]]), ["numbers"])
    refused(lambda: model.twin.learn(packed(model.twin, rows)[0], 2), ["no class 2"])


SPARSE = [SparsePerceptron, AveragedPerceptron, SparseNearestCentroid, NaiveBayes]


@pytest.mark.parametrize("model", SPARSE, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "form", [np.asarray, sparse.csr_matrix, sparse.csc_array], ids=["array", "matrix", "sparse array"]
)
@pytest.mark.parametrize("value", [-1, -0.5, np.nan, np.inf, -np.inf], ids=repr)
def test_what_is_neither_a_feature_nor_none_is_refused_with_its_row_and_column(model, form, value):
    rows = np.ones((4, F))
    rows[2, 5] = value
    fitted = Case(model, 2, 2).fitted()
    before = fitted.twin.parameters()

    for question in (fitted.fit, fitted.partial_fit, fitted.score, lambda rows, _: fitted.predict(rows)):
        refused(
            lambda ask=question: ask(form(rows), [0, 1, 0, 1]), ["Row 2", f"has {float(value)} in column 5", "encoder"]
        )
    assert fitted.twin.parameters() == before


@pytest.mark.parametrize("model", SPARSE, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([1] * F, ["shape (23,)", "[row]"]),
        (sparse.coo_array(np.ones(F)), ["shape (23,)", "[row]"]),
        (np.ones((1, 1, F)), ["shape (1, 1, 23)"]),
        (7, ["shape ()"]),
        ([[1], [1, 0]], ["one row per sample"]),
        ([[None] * F], ["numbers", "object"]),
        ([[1j] * F], ["numbers", "complex128"]),
    ],
    ids=["list", "sparse", "cube", "number", "ragged", "nothing", "complex"],
)
def test_what_has_no_rows_of_numbers_is_reported_in_a_sentence(model, rows, words):
    fitted = Case(model, 2, 2).fitted()

    for question in (
        lambda: fitted.predict(rows),
        lambda: fitted.fit(rows, [0]),
        lambda: fitted.partial_fit(rows, [0]),
    ):
        refused(question, words)


@pytest.mark.parametrize("model", SPARSE, ids=lambda model: model.__name__)
def test_a_row_without_a_feature_is_not_learnt_but_may_be_asked_about(model):
    rows = rows_of(model, 6)
    rows[[1, 4]] = 0
    kept, labels = [0, 2, 3, 5], np.array([0, 1] * 3)
    fitted = Case(model, 2, 2).make().fit(rows, labels)

    assert fitted.twin.parameters() == Case(model, 2, 2).make().fit(rows[kept], labels[kept]).twin.parameters()
    before = fitted.twin.parameters()
    assert fitted.partial_fit(rows[[1, 4]], [0, 1]).twin.parameters() == before
    assert (fitted.predict(rows) == fitted.predict(sparse.csr_matrix(rows))).all()
    assert fitted.twin.scores(rows).shape == (6, 2)
    assert fitted.partial_fit(rows[:0], []).twin.parameters() == before


@each_model
def test_a_model_that_isnt_fitted_says_so_whatever_it_is_asked(case):
    model, rows = case.make(), rows_of(case.model, 1)

    for question in (
        lambda: model.twin,
        lambda: model.predict(rows),
        lambda: model.decision_function(rows),
        lambda: model.score(rows, [0]),
        lambda: model.add_class("new"),
    ):
        with pytest.raises(NotFittedError):
            question()


@pytest.mark.parametrize("model", [SparsePerceptron, NaiveBayes], ids=lambda model: model.__name__)
@pytest.mark.parametrize("sample", [b"", b"\0", b"\0\1\0\1", b"\0\2\0\1", b"\0\x17"], ids=repr)
def test_no_sparse_sample_is_learnt_that_the_contract_refuses(model, sample):
    fitted = Case(model, 2, 2).taught()
    for question in (fitted.unpack, fitted.label_of, lambda s: fitted.learn(s, 0), fitted.explain):
        refused(lambda ask=question: ask(sample), ["."])


VECTOR = rows_of(DensePerceptron, 1)[0]


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        (VECTOR[:-1], ["23 features", "22"]),
        ((VECTOR // 2)[:-1], ["23 features", "22"]),
        ([], ["23 features", "0"]),
        (VECTOR // 2, ["The sample has a sum of squares", "VectorEncoder"]),
        (VECTOR * 0.5, ["whole numbers", "VectorEncoder"]),
        ([np.nan] * F, ["The sample has nan in column 0", "VectorEncoder"]),
        ([128, *[0] * (F - 1)], ["128", "-128 to 127"]),
        ([300, *[0] * (F - 1)], ["300", "-128 to 127"]),
        ([VECTOR], ["(1, 23)", "VectorEncoder"]),
        ([[1], [1, 2]], ["flat", "VectorEncoder"]),
        (["one"] * F, ["flat", "VectorEncoder"]),
        (None, ["flat", "VectorEncoder"]),
    ],
    ids=repr,
)
def test_what_is_not_a_vector_of_unit_norm_is_reported_in_a_sentence(vector, words):
    model = Case(DensePerceptron, 2, 2).fitted()
    refused(lambda: model.twin.pack(vector), words)
    refused(lambda: model.predict([vector]), [] if "23 features" in words else ["VectorEncoder"])


def test_no_dense_sample_is_learnt_that_the_contract_refuses():
    model = Case(NearestCentroid, 2, 2).fitted()
    refused(lambda: model.twin.learn(bytes(F), 0), ["The sample has a sum of squares"])
    refused(lambda: model.partial_fit([VECTOR, VECTOR // 2], [0, 1]), ["Row 1"])
    refused(lambda: model.twin.label_of(bytes(F + 1)), ["23 features"])


def test_vectors_of_whole_floats_are_taken_and_come_back():
    model = Case(NearestCentroid, 2, 2).taught()

    assert model.unpack(model.pack(VECTOR.astype(float))).tolist() == VECTOR.tolist()
    assert model.pack(VECTOR) == VECTOR.tobytes()
    assert (model.size_of(model.pack(VECTOR)), Case(NaiveBayes, 2, 2).taught().size_of(bytes(6))) == (1, 3)


@pytest.mark.parametrize(
    ("model", "features", "words"),
    [
        (SparsePerceptron, 65_536, ["65,535", "65,536"]),
        (NaiveBayes, 32_793, ["131,188 bytes", "131,184"]),
        (DensePerceptron, 4_097, ["4,096", "4097"]),
        (SparsePerceptron, 0, ["1 to 65,535"]),
    ],
)
def test_models_that_no_contract_holds_are_reported_in_a_sentence(model, features, words):
    rows = np.zeros((1, features), dtype=np.int8)
    refused(lambda: model(NAMES[:2]).fit(rows, [0]), words)


def test_models_fit_up_to_the_last_byte():
    assert len(NaiveBayes(NAMES[:2]).fit(np.ones((1, 32_792)), [0]).twin.parameters()) == 131_184
    refused(lambda: SparsePerceptron(NAMES[:2], 255).fit(np.ones((1, 513)), [0]), ["131,325 bytes"])


@pytest.mark.parametrize(
    "smoothing", [1, np.int64(1), np.float32(1.001), np.float32(65.535), np.float64(0.001), Fraction(1, 8)], ids=repr
)
def test_smoothing_may_be_any_kind_of_real_number(smoothing):
    model = NaiveBayes(NAMES[:2], smoothing=smoothing).fit([[1]], [0])

    assert model.twin.arguments()["smoothing"] == round(float(smoothing), 3)


@pytest.mark.parametrize(
    "smoothing",
    [0, -1, 0.0001, 65.536, 1.0005, float("nan"), float("inf"), 10**400, "1", None, True, np.True_, 1j],
    ids=lambda smoothing: repr(smoothing)[:20],
)
def test_smoothing_is_a_number_of_thousandths(smoothing):
    refused(lambda: NaiveBayes(NAMES[:2], smoothing=smoothing).fit([[1]], [0]), ["0.001 to 65.535"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"settings": bytes(9)}, ["10 bytes", "9"]),
        ({"settings": bytes([1, 0, F, 4, 0, 0, 0, 0, 0, 0])}, ["not those of a SparsePerceptron"]),
        ({"settings": bytes([2, 0, F, 4, 0, 1, 0, 0, 0, 0])}, ["not those of a SparsePerceptron"]),
        ({"settings": bytes([2, 0, F, 4, 0, 0, 0, 0, 0, 1])}, ["not those of a SparsePerceptron"]),
        ({"settings": bytes([3, 0, F, 4, 0, 0, 0, 0, 0, 0])}, ["2 classes now"]),
        ({"settings": bytes([2, 0, 0, 4, 0, 0, 0, 0, 0, 0])}, ["1 to 65,535 features"]),
        ({"parameters": bytes(7)}, ["100 bytes", "not 7"]),
        ({"classes": ("one",)}, ["two classes"]),
        ({"classes": NAMES[:5]}, ["max_classes", "not 4"]),
    ],
    ids=repr,
)
def test_what_no_contract_of_a_model_holds_is_reported_in_a_sentence(change, words):
    whole = {"settings": Case(SparsePerceptron, 2, 4).settings(), "parameters": bytes(100), "classes": NAMES[:2]}

    SparsePerceptronTwin.from_parameters(**whole)
    refused(lambda: SparsePerceptronTwin.from_parameters(**whole | change), words)
