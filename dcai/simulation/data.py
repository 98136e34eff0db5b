"""Real data, encoded for a model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcai import datasets
from dcai.datasets import Dataset
from dcai.encoders import Encoder, TabularEncoder, TextEncoder, VectorEncoder
from dcai.errors import InvalidInput
from dcai.models import Model, SparsePerceptron

Stamp = tuple[tuple[str, int, int], ...]
"""Files with their size and the time of their last change: what is kept of them holds as long as these do."""


@dataclass(frozen=True)
class Encoded:
    """A data set as features.

    Attributes
    ----------
    rows, hidden : matrices, shape (n, features)
        To contribute, and to test with: sparse for a sparse model, else dense.
    labels, truth : numpy.ndarray of int64, shape (n,)
        Their classes.
    origin : numpy.ndarray of int64, shape (n,)
        The row of the data set's training part that each of `rows` comes from.
    skipped : mapping of str to int
        Why inputs of the training part can't be samples -> how many: "NoKnownWord", "Unencodable".
    fingerprint : str
        A hash of the data set: see `fingerprint`.
    """

    rows: Any
    labels: NDArray[np.int64]
    hidden: Any
    truth: NDArray[np.int64]
    origin: NDArray[np.int64]
    skipped: Mapping[str, int]
    fingerprint: str


VOCABULARY, BINS = 1_000, 4
"""The words of a text encoder, and the bins of a column, where a scenario doesn't say."""


def loaded(name: str, model: type[Model], vocabulary: int | None, bins: int | None) -> tuple[tuple[str, ...], Encoded]:
    """Return the classes of a data set and its samples, which are the same for all seeds of a sweep.

    Raises
    ------
    InvalidInput
        If the model takes no such data.
    DataUnavailable
        If the data isn't on this machine.
    """
    # all sparse models take the same samples
    return _encoded(name, _stamp(name), model if model.dense else SparsePerceptron, vocabulary, bins)


def fingerprint_of(name: str) -> str:
    """Return the fingerprint of a data set.

    Raises
    ------
    DataUnavailable
        If the data isn't on this machine.
    """
    return _fingerprint(name, _stamp(name))


def fingerprint(dataset: Dataset) -> str:
    """Return a SHA-256 over a data set: its inputs, its labels, and the names of its classes and columns."""
    digest = hashlib.sha256(repr((dataset.kind, dataset.labels, dataset.feature_names)).encode())
    for inputs, labels in (
        (dataset.train_inputs, dataset.train_labels),
        (dataset.test_inputs, dataset.test_labels),
    ):
        digest.update(repr(len(labels)).encode())
        digest.update(np.asarray(labels, dtype=np.int64).tobytes())
        if isinstance(inputs, np.ndarray):
            digest.update(np.ascontiguousarray(inputs, dtype=np.float64).tobytes())
            continue
        for text in inputs:
            told = text.encode("utf-8", "surrogatepass")
            digest.update(len(told).to_bytes(8, "big") + told)
    return digest.hexdigest()


def encoder_for(dataset: Dataset, model: type[Model], vocabulary: int | None, bins: int | None) -> Encoder:
    """Return the encoder, fitted on the training part, that makes samples of a model.

    Raises
    ------
    InvalidInput
        If there is none: a model of vectors with texts.
    """
    if dataset.kind == "text":
        if model.dense:
            raise InvalidInput(
                f"{model.__name__} takes vectors and {dataset.name} holds texts; use SparsePerceptron, NaiveBayes or "
                "SparseNearestCentroid."
            )
        return TextEncoder(vocabulary_size=vocabulary or VOCABULARY).fit(dataset.train_inputs)
    if not model.dense:
        return TabularEncoder(bins=bins or BINS).fit(dataset.train_inputs, feature_names=dataset.feature_names)
    table = np.asarray(dataset.train_inputs)
    # a row of zeros has no direction, and so isn't encoded
    return VectorEncoder().fit(table[table.any(axis=1)], feature_names=dataset.feature_names)


def encode(dataset: Dataset, encoder: Encoder) -> Encoded:
    """Encode a data set; inputs that can't be a sample, because nothing in them is known, are left out and counted."""
    rows, kept = _transformed(encoder, dataset.train_inputs)
    hidden, asked = _transformed(encoder, dataset.test_inputs)
    origin = np.flatnonzero(kept)
    skipped = {"Unencodable": len(kept) - len(origin)}
    if not encoder.dense:
        known = np.diff(rows.indptr) > 0
        skipped["NoKnownWord" if dataset.kind == "text" else "NoKnownFeature"] = int((~known).sum())
        rows, origin = rows[known], origin[known]
    return Encoded(
        rows,
        np.asarray(dataset.train_labels, dtype=np.int64)[origin],
        hidden,
        np.asarray(dataset.test_labels, dtype=np.int64)[asked],
        origin,
        {reason: count for reason, count in skipped.items() if count},
        fingerprint(dataset),
    )


def packed(rows: Any) -> list[bytes]:
    """Return rows, none of them empty, as they are sent to the contract."""
    if isinstance(rows, np.ndarray):
        data, ends = rows.astype(np.int8).tobytes(), rows.shape[1] * np.arange(len(rows) + 1)
    else:
        data, ends = rows.indices.astype(">u2").tobytes(), 2 * rows.indptr
    return [data[start:end] for start, end in pairwise(ends.tolist())]


def _transformed(encoder: Encoder, inputs: Any) -> tuple[Any, NDArray[np.bool_]]:
    """Return the rows of the inputs that the encoder takes, and which these are."""
    try:
        return encoder.transform(inputs), np.ones(len(inputs), dtype=np.bool_)
    except InvalidInput:
        kept = np.array([_takes(encoder, inputs[at : at + 1]) for at in range(len(inputs))])
        if not kept.any():
            raise
    fitting = inputs[kept] if isinstance(inputs, np.ndarray) else [inputs[at] for at in np.flatnonzero(kept)]
    return encoder.transform(fitting), kept


def _takes(encoder: Encoder, inputs: Any) -> bool:
    try:
        encoder.transform(inputs)
    except InvalidInput:
        return False
    return True


def _stamp(name: str) -> Stamp:
    """Return which files hold a data set now; none for one that is built in, or isn't on this machine."""
    source, folder = datasets.source(name), datasets.find(name)
    if folder is None or source.built_in:
        return ()
    files = [folder / file for file in (*source.local_files, *(file.name for file in source.files))]
    stats = [(str(file), file.stat()) for file in files if file.is_file()]
    return tuple((file, stat.st_size, stat.st_mtime_ns) for file, stat in stats)


@lru_cache(maxsize=2)
def _encoded(
    name: str, stamp: Stamp, model: type[Model], vocabulary: int | None, bins: int | None
) -> tuple[tuple[str, ...], Encoded]:
    dataset = datasets.load(name)
    return dataset.labels, encode(dataset, encoder_for(dataset, model, vocabulary, bins))


@lru_cache(maxsize=16)
def _fingerprint(name: str, stamp: Stamp) -> str:
    return fingerprint(datasets.load(name))
