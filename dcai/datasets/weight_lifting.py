"""Weight-lifting activity, with the file's own split: "train" for training and "validate" for testing.

The file is sorted by class. Each part is shuffled with a fixed seed, so that its first rows have all classes.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np

from dcai.datasets.catalogue import source
from dcai.datasets.dataset import Dataset

LABELS = ("A", "B", "C", "D", "E")
SHUFFLE_SEED = 0


def from_folder(folder: Path) -> Dataset:
    """Read ``weight_lifting_har.csv.gz``, whose columns are split, classe and 52 sensor readings."""
    from sklearn.utils import shuffle

    with gzip.open(folder / "weight_lifting_har.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        (_, _, *feature_names), *published = csv.reader(lines)
    rows = shuffle(published, random_state=SHUFFLE_SEED)
    is_train = np.array([row[0] == "train" for row in rows])
    labels = np.array([LABELS.index(row[1]) for row in rows])
    inputs = np.array([row[2:] for row in rows], dtype=float)
    row = source("weight-lifting")
    return Dataset(
        name=row.name,
        title=row.title,
        labels=LABELS,
        kind="table",
        train_inputs=inputs[is_train],
        train_labels=labels[is_train],
        test_inputs=inputs[~is_train],
        test_labels=labels[~is_train],
        feature_names=tuple(feature_names),
    )
