"""The data sets on which accuracy is measured, as models get them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

import dcai
from dcai.models import Model
from dcai.models.twins import Twin
from scripts.studies import reviews

EMBEDDING = 100  # dimensions

Rows = Any  # a NumPy array or a sparse matrix, one row per sample
Split = tuple[Rows, Rows]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """A data set as models get it: pairs of a training and a test part, the training part in the order of learning.

    Attributes
    ----------
    name : str
    classes : tuple of str
    present : pair of sparse matrices
        Features that are present: the samples of sparse models.
    vectors : pair of int8 arrays
        The samples of dense models.
    floats : pair of float arrays
        What the vectors were before they were rounded, of norm 1.
    labels : pair of int arrays
    attacked : bool
        Whether models learn it with wrong labels, too.
    rare : bool
        Whether models learn its classes as one frequent and two rare ones, too.
    """

    name: str
    classes: tuple[str, ...]
    present: Split
    vectors: Split
    floats: Split
    labels: tuple[Labels, Labels]
    attacked: bool = False
    rare: bool = False


def samples(task: Task, kind: type[Model]) -> Split:
    """Return the samples of a data set for a kind of model, one per row."""
    return task.vectors if kind.dense else task.present


def untrained(kind: type[Model], classes: Sequence[str], n_features: int) -> Twin:
    """Return an untrained twin whose classes all learn from the first sample on, as scikit-learn's do."""
    model = kind(classes=classes).partial_fit(np.empty((0, n_features), dtype=np.int8), []).twin
    parameters = model.parameters()
    if kind in (dcai.SparsePerceptron, dcai.DensePerceptron) and len(classes) > 2:
        # an empty class would skip the samples before its first; one with a bias of 0, stored as 32,768, is not empty
        parameters = (2**15).to_bytes(2, "big") * len(classes) + parameters[2 * len(classes) :]
    return model.from_parameters(model.settings(), parameters, classes)


def imdb() -> Task:
    """Return IMDB: which of the 1,000 most frequent words each review holds."""
    (train, train_labels), (test, test_labels) = reviews.load()
    encoder = dcai.VectorEncoder().fit(train)
    return Task(
        "IMDB-1000",
        ("negative", "positive"),
        (sparse.csr_matrix(train), sparse.csr_matrix(test)),
        (encoder.transform(train), encoder.transform(test)),
        _transformed(Normalizer(), train, test),
        (train_labels, test_labels),
        attacked=True,
    )


def sms() -> Task:
    """Return the SMS messages that hold a known word: which of 1,000 words, and an embedding."""
    data = dcai.datasets.load("sms")
    words = dcai.TextEncoder(vocabulary_size=1000).fit(data.train_inputs)
    embedding = make_pipeline(HashingVectorizer(n_features=2**14), TruncatedSVD(EMBEDDING, random_state=0))
    embedding.fit(data.train_inputs)
    texts, labels = [], []
    for inputs, given in ((data.train_inputs, data.train_labels), (data.test_inputs, data.test_labels)):
        holds_a_word = (words.transform(inputs).getnnz(axis=1) > 0) & embedding.transform(inputs).any(axis=1)
        texts.append([text for text, holds in zip(inputs, holds_a_word, strict=True) if holds])
        labels.append(given[holds_a_word])
    train, test = texts
    encoder = dcai.EmbeddingEncoder(embedding.transform, "SVD of hashed words", EMBEDDING).fit(train)
    return Task(
        "SMS",
        data.labels,
        (words.transform(train), words.transform(test)),
        (encoder.transform(train), encoder.transform(test)),
        _transformed(Normalizer(), embedding.transform(train), embedding.transform(test)),
        (labels[0], labels[1]),
        attacked=True,
    )


def digits() -> Task:
    """Return scikit-learn's digits: 64 pixels each, ten classes, a quarter of them for testing."""
    data = load_digits()
    train, test, *labels = train_test_split(data.data, data.target, test_size=0.25, random_state=0)
    return _table("digits", tuple(map(str, data.target_names)), train, test, (labels[0], labels[1]), standardize=False)


def weight_lifting() -> Task:
    """Return the weight-lifting activities: 52 sensors, five classes."""
    data = dcai.datasets.load("weight-lifting")
    labels = data.train_labels, data.test_labels
    task = _table("weight lifting", data.labels, data.train_inputs, data.test_inputs, labels, standardize=True)
    return replace(task, rare=True)


LOADERS: tuple[Callable[[], Task], ...] = (imdb, sms, digits, weight_lifting)

ATTACKED, RARE = 2, 1
"""How many of them are learnt with wrong labels, too, and with rare classes."""


def _table(
    name: str, classes: tuple[str, ...], train: Rows, test: Rows, labels: tuple[Labels, Labels], *, standardize: bool
) -> Task:
    bins = dcai.TabularEncoder().fit(train)
    vectors = dcai.VectorEncoder(standardize=standardize).fit(train)
    unit = make_pipeline(StandardScaler(), Normalizer()) if standardize else Normalizer()
    return Task(
        name,
        classes,
        (bins.transform(train), bins.transform(test)),
        (vectors.transform(train), vectors.transform(test)),
        _transformed(unit, train, test),
        labels,
    )


def _transformed(transformer: Any, train: Rows, test: Rows) -> Split:
    return transformer.fit_transform(train.astype(float)), transformer.transform(test.astype(float))
