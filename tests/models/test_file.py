"""A model file restores what was saved, and is refused if it can't be trusted."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

from dcai.encoders import EmbeddingEncoder, HashingEncoder, TextEncoder, VectorEncoder
from dcai.models import AveragedPerceptron, NaiveBayes, NearestCentroid, SparsePerceptron, load, save
from dcai.models.file import from_dict, to_dict
from tests.support.model_cases import NAMES, Case, F, each_case, each_model, refused, rows_of, shake

TEXTS = ["a fine film", "a dull film"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.json"


@pytest.fixture
def changed(path):
    """Return a function that saves a model and loads it with fields, or numbers of its state, changed."""

    def change(model, numbers=(), /, **fields):
        save(path, model)
        data = json.loads(path.read_text())
        for (*steps, last), value in numbers:
            place = data["state"]
            for step in steps:
                place = place[step]
            place[last] = value
        path.write_text(json.dumps({key: value for key, value in (data | fields).items() if value is not ...}))
        return lambda: load(path)

    return change


# What comes back


@each_case
@pytest.mark.parametrize("seed", range(3))
def test_a_model_comes_back_as_it_was(case, seed, path):
    twin = case.of(shake(case.plain(), case, seed))
    model = twin.estimator()

    save(path, model)
    copy, encoder = load(path)

    assert type(copy) is type(model) is case.model
    assert encoder is None
    assert copy.twin.parameters() == twin.parameters()
    assert copy.twin.settings() == twin.settings()
    assert copy.twin.classes == twin.classes
    assert copy.classes_.tolist() == list(twin.classes)
    assert (copy.twin.scores(rows_of(case.model, 9)) == twin.scores(rows_of(case.model, 9))).all()
    assert to_dict(copy) == to_dict(model) == json.loads(json.dumps(to_dict(model)))


@pytest.mark.parametrize("labels", [["spam", "ham"], [3, -1], [True, False], [1.0, 2.0]], ids=repr)
def test_labels_come_back_as_they_were(labels, path):
    model = NaiveBayes().fit(np.eye(2), labels)
    save(path, model)
    copy, _ = load(path)

    assert copy.classes_.tolist() == model.classes_.tolist() == sorted(labels)
    assert copy.classes_.dtype == model.classes_.dtype
    assert copy.predict(np.eye(2)).tolist() == labels
    assert clone(copy).fit(np.eye(2), labels).predict(np.eye(2)).tolist() == labels


@each_model
def test_a_class_fits_into_a_model_that_was_loaded_where_it_fitted_before(case, path):
    model = case.fitted()
    model.add_class("new")
    save(path, model)
    copy, _ = load(path)
    copy.add_class("newer")

    assert copy.twin.classes == ("a", "b", "new", "newer")


def test_a_file_is_plain_json(path):
    save(path, SparsePerceptron(NAMES[:2], 3).fit([[1, 0], [1, 1]], [1, 1]))

    assert json.loads(path.read_text()) == {
        "format": "dcai-model",
        "version": 1,
        "model": "SparsePerceptron",
        "classes": ["a", "b"],
        "max_classes": 3,
        "n_features": 2,
        "state": {"biases": [None, 1, None], "weights": [[0, 0], [1, 0], [0, 0]]},
        "encoder": None,
    }


def test_the_encoder_comes_back_with_its_model(path):
    encoder = TextEncoder().fit(TEXTS)
    save(path, SparsePerceptron(NAMES[:2]).fit(encoder.transform(TEXTS), [1, 0]), encoder)
    model, copy = load(path)

    assert model.predict(copy.transform(TEXTS)).tolist() == ["b", "a"]
    assert copy.spec() == encoder.spec()


def test_an_embedding_is_given_again(path):
    encoder = EmbeddingEncoder(embed, "lengths", 2).fit(TEXTS)
    save(path, NearestCentroid(NAMES[:2]).fit(encoder.transform(TEXTS), [0, 1]), encoder)

    refused(lambda: load(path), ["embedding", "lengths"])
    _, copy = load(path, embed=embed)
    assert (copy.transform(TEXTS) == encoder.transform(TEXTS)).all()


def embed(texts):
    return [[len(text), 1.0] for text in texts]


def test_a_path_may_be_a_str(path):
    save(str(path), Case(NaiveBayes, 2, 2).fitted())

    assert load(str(path))[0].predict(rows_of(NaiveBayes, 1)).shape == (1,)


# Writing


def test_a_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    old, new = Case(NaiveBayes, 2, 2).fitted(), Case(NaiveBayes, 2, 2).fitted(seed=9)
    save(path, old)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        refused(lambda: save(path, new), [f"{path} can't be written: disk full."])

    assert [file.name for file in path.parent.iterdir()] == ["model.json"]
    assert load(path)[0].twin.parameters() == old.twin.parameters()
    save(path, new)
    assert load(path)[0].twin.parameters() == new.twin.parameters()
    assert [file.name for file in path.parent.iterdir()] == ["model.json"]


def fail(*_):
    raise OSError(errno.ENOSPC, "disk full")


@pytest.mark.parametrize(
    ("place", "reading", "writing"),
    [
        ("none.json", "There is no file {}; `dcai fit` makes one.", None),
        ("none/model.json", "There is no file {}; `dcai fit` makes one.", "There is no folder {parent} to write"),
        ("", "{} can't be read: Is a directory.", "{} can't be written: Is a directory."),
        ("file/model.json", "{} can't be read: Not a directory.", "{} can't be written: Not a directory."),
    ],
    ids=repr,
)
def test_a_path_that_cannot_be_a_file_is_reported_in_a_sentence(tmp_path, place, reading, writing):
    (tmp_path / "file").write_text("")
    path = tmp_path / place

    refused(lambda: load(str(path)), [reading.format(path)])
    if writing:
        refused(lambda: save(str(path), Case(NaiveBayes, 2, 2).fitted()), [writing.format(path, parent=path.parent)])
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_an_encoder_of_another_model_is_not_saved(path):
    words, model = HashingEncoder(F).fit(TEXTS), Case(SparsePerceptron, 2, 2).fitted()
    vectors = Case(NearestCentroid, 2, 2).fitted()

    save(path, model, words)
    refused(lambda: save(path, model, HashingEncoder(64).fit(TEXTS)), ["23 features", "64"])
    refused(lambda: save(path, vectors, words), ["dense", "hashing encoder"])
    refused(lambda: save(path, vectors, VectorEncoder(bits=16).fit(np.eye(F))), ["8 bits", "16"])
    assert load(path)[1].spec() == words.spec()


# Files that are refused


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": "dcai"}, ["not a model file", "dcai-model"]),
        ({"format": ...}, ["not a model file"]),
        ({"version": 2}, ["another release", "version 2", "version 1"]),
        ({"version": True}, ["'version'", "True"]),
        ({"model": "Oracle"}, ["'Oracle'", "NaiveBayes, NearestCentroid"]),
        ({"model": "Perceptron"}, ["'Perceptron'"]),
        ({"model": ...}, ["'model'"]),
        ({"classes": ["a"]}, ["two classes"]),
        ({"classes": "ab"}, ["'classes'", "list"]),
        ({"classes": ["a", 2]}, ["all names or all numbers"]),
        ({"classes": ["a", ["b"]]}, ["all names or all numbers"]),
        ({"classes": ["a", "b\n"]}, ["one line"]),
        ({"max_classes": 256}, ["255", "256"]),
        ({"max_classes": 1}, ["not 1"]),
        ({"max_classes": None}, ["'max_classes'", "int"]),
        ({"n_features": 0}, ["1 to 65,535"]),
        ({"n_features": 10**9}, ["1,000,000,000"]),
        ({"n_features": 23.0}, ["'n_features'", "23.0"]),
        ({"n_features": 24}, ["'weights'", "1 lists of 24"]),
        ({"state": []}, ["'state'"]),
        ({"state": {"biases": [0]}}, ["'weights'"]),
        ({"state": {"biases": [0], "weights": [0] * F}}, ["1 lists of 23"]),
        ({"state": {"biases": 0, "weights": [[0] * F]}}, ["'biases'", "list"]),
        ({"encoder": ...}, ["'encoder'"]),
        ({"encoder": 7}, ["'encoder'", "7"]),
        ({"encoder": {}}, ["'kind'"]),
        ({"encoder": {"kind": "hashing", "version": 1, "n_features": 64}}, ["23 features", "64"]),
        ({"encoder": VectorEncoder().fit(np.eye(F)).spec()}, ["sparse", "vector encoder"]),
    ],
    ids=repr,
)
def test_a_file_with_a_wrong_field_is_refused(changed, fields, words):
    refused(changed(Case(SparsePerceptron, 2, 2).fitted(), **fields), words)


@pytest.mark.parametrize(
    ("case", "place", "value", "words"),
    [
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), 128, ["weights[0][7]", "128", "-128 to 127"]),
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), -129, ["weights[0][7]", "-129"]),
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), 1.0, ["weights[0][7]", "1.0", "integer"]),
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), True, ["weights[0][7]", "True"]),
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), None, ["weights[0][7]", "None"]),
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), float("nan"), ["weights[0][7]", "nan"]),
        (Case(SparsePerceptron, 2, 2), ("weights", 0, 7), 10**400, ["weights[0][7]", "-128 to 127"]),
        (Case(SparsePerceptron, 2, 2), ("biases", 0), 32_768, ["biases[0]", "-32,768 to 32,767"]),
        (Case(SparsePerceptron, 2, 2), ("biases", 0), None, ["biases[0]", "None"]),
        (Case(SparsePerceptron, 2, 3), ("biases", 2), -32_768, ["biases[2]", "-32,767 to 32,767"]),
        (Case(SparsePerceptron, 2, 3), ("weights", 1), [0], ["3 lists of 23"]),
        (Case(AveragedPerceptron, 2, 2), ("updates", 0), 2**24, ["updates[0]", "16,777,215"]),
        (Case(AveragedPerceptron, 2, 2), ("updates", 0), True, ["updates[0]", "True"]),
        (Case(AveragedPerceptron, 2, 2), ("weights", 0, 7), 128, ["weights[0][7]", "-128 to 127"]),
        (Case(AveragedPerceptron, 2, 2), ("cached_weights", 0, 7), 2**20, ["cached_weights[0][7]", "1,048,575"]),
        (Case(AveragedPerceptron, 2, 3), ("cached_biases", 2), -(2**39) - 1, ["cached_biases[2]", "-549,755,813,888"]),
        (Case(AveragedPerceptron, 2, 3), ("biases", 2), -32_768, ["biases[2]", "-32,767 to 32,767"]),
        (Case(NearestCentroid, 2, 2), ("sums", 1, 2), 2**23, ["sums[1][2]", "8,388,607"]),
        (Case(NearestCentroid, 2, 2), ("sums", 1, 2), -(2**23), ["sums[1][2]", "-8,388,608", "128 each"]),
        (Case(NearestCentroid, 2, 2), ("counts", 1), 65_536, ["counts[1]", "65,535"]),
        (Case(NearestCentroid, 2, 2), ("counts", 1), 0, ["sums[1][0]", "0 samples"]),
        (Case(NaiveBayes, 2, 2), ("sums", 1, 2), -1, ["sums[1][2]", "0 to 65,535"]),
        (Case(NaiveBayes, 2, 2), ("sums", 1, 2), 61, ["sums[1][2]", "61", "1 each"]),
        (Case(NaiveBayes, 2, 3), ("sums", 2, 2), 1, ["sums[2][2]", "0 samples"]),
        (Case(NaiveBayes, 2, 3), ("counts",), [1, 2], ["'counts'", "list of 3"]),
    ],
    ids=repr,
)
def test_a_file_with_a_number_that_no_model_has_is_refused(changed, case, place, value, words):
    refused(changed(case.fitted(), [(place, value)]), words)


@pytest.mark.parametrize("smoothing", [0, 70.0, float("nan"), "1", None, ...], ids=repr)
def test_a_file_without_a_smoothing_that_contracts_have_is_refused(changed, smoothing):
    refused(changed(Case(NaiveBayes, 2, 2).fitted(), smoothing=smoothing), ["smoothing"])


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"7", b"null", b"[" * 100_000], ids=repr)
def test_what_is_not_a_json_object_is_not_a_model_file(path, content):
    path.write_bytes(content)

    refused(lambda: load(path), ["not a model file", str(path)])


def test_a_model_is_read_as_what_it_is():
    data = to_dict(Case(NaiveBayes, 2, 2).fitted())

    assert type(from_dict(data)) is NaiveBayes
    refused(lambda: from_dict([]), ["JSON object"])


@pytest.mark.parametrize(
    "asked",
    [
        "from dcai import load; print(type(load({path!r})[0]).__name__)",
        "from dcai.models.twins import NaiveBayesTwin; print(type(NaiveBayesTwin(('a', 'b'), 2).estimator()).__name__)",
    ],
    ids=["a file", "a twin"],
)
def test_a_process_that_has_imported_no_model_finds_the_one_of(asked, path):
    save(path, NaiveBayes(classes=("a", "b")).fit([[1, 0], [0, 1]], ["a", "b"]))

    ran = subprocess.run(
        [sys.executable, "-c", asked.format(path=str(path))], capture_output=True, text=True, check=False
    )

    assert (ran.stdout, ran.stderr) == ("NaiveBayes\n", "")
