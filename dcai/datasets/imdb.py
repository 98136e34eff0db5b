"""IMDB film reviews, from Keras' files or from a copy with the 10,000 most frequent words.

Both give the rows in the order of Keras' ``load_data(seed=113)``, which published figures use. A review is its words
joined by spaces: lower case, without punctuation.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Mapping
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dcai.datasets.catalogue import source
from dcai.datasets.dataset import Dataset

KERAS_SEED = 113


def from_published(files: Mapping[str, bytes]) -> Dataset:
    """Read Keras' ``imdb.npz`` (ranks of words, from 1) and ``imdb_word_index.json`` (word -> rank).

    Parameters
    ----------
    files : mapping of str to bytes
        The contents by file name. They must be verified before: ``imdb.npz`` is unpickled.
    """
    ranks = json.loads(files["imdb_word_index.json"])
    words = np.empty(max(ranks.values()) + 1, dtype=object)
    words[list(ranks.values())] = list(ranks)
    # Keras stores each part as an object array of lists, which NumPy can only unpickle, and a pickle can run any code.
    # It is safe here since the checksum was computed on these very bytes, not on a file that may have changed since.
    with np.load(io.BytesIO(files["imdb.npz"]), allow_pickle=True) as arrays:
        published = {name: arrays[name] for name in ("x_train", "y_train", "x_test", "y_test")}
    generator = np.random.RandomState(KERAS_SEED)
    texts: dict[str, list[str]] = {}
    labels: dict[str, NDArray[np.integer]] = {}
    for part in ("train", "test"):
        order = np.arange(len(published[f"x_{part}"]))
        generator.shuffle(order)
        reviews = published[f"x_{part}"][order]
        bounds = np.concatenate([[0], np.cumsum([len(review) for review in reviews])])
        texts[part] = _texts(words, np.fromiter(chain.from_iterable(reviews), dtype=np.int64, count=bounds[-1]), bounds)
        labels[part] = published[f"y_{part}"][order]
    return _dataset(texts, labels)


def from_folder(folder: Path) -> Dataset:
    """Read ``imdb_keras_top10000.npz`` (ranks of words, from 1) and ``imdb_words_top10000.txt.gz`` (line n: rank n).

    Rank 0 stands for any other word; the texts leave it out.
    """
    with gzip.open(folder / "imdb_words_top10000.txt.gz", "rt", encoding="utf-8", newline="\n") as lines:
        words = np.array([None, *(line.split("\t")[0] for line in lines)], dtype=object)
    texts: dict[str, list[str]] = {}
    labels: dict[str, NDArray[np.integer]] = {}
    with np.load(folder / "imdb_keras_top10000.npz") as arrays:
        for part in ("train", "test"):
            ranks = arrays[f"{part}_tokens"]
            known = ranks > 0
            known_before = np.concatenate([[0], np.cumsum(known)])
            texts[part] = _texts(words, ranks[known], known_before[arrays[f"{part}_indptr"]])
            labels[part] = arrays[f"{part}_label"]
    return _dataset(texts, labels)


def _texts(words: NDArray[np.object_], ranks: NDArray[np.integer], bounds: NDArray[np.integer]) -> list[str]:
    """Join the words of review i, which has the ranks from bounds[i] to bounds[i + 1]."""
    spelled = words[ranks].tolist()
    return [" ".join(spelled[start:end]) for start, end in pairwise(bounds.tolist())]


def _dataset(texts: dict[str, list[str]], labels: dict[str, NDArray[np.integer]]) -> Dataset:
    row = source("imdb")
    return Dataset(
        name=row.name,
        title=row.title,
        labels=("negative", "positive"),
        kind="text",
        train_inputs=texts["train"],
        train_labels=labels["train"].astype(int),
        test_inputs=texts["test"],
        test_labels=labels["test"].astype(int),
    )
