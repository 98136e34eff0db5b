"""SMS spam, from the published zip or from a CSV file of the same messages.

Exact duplicates are removed (403 of the 5,574 published messages; the first of each stays), so that no template of a
spammer is in both parts word for word. The rest is shuffled and split 80/20, stratified by class, with a fixed seed.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from dcai.datasets.catalogue import source
from dcai.datasets.dataset import Dataset

LABELS = ("ham", "spam")
TEST_SHARE = 0.2
SPLIT_SEED = 0


def from_published(files: Mapping[str, bytes]) -> Dataset:
    """Read the zip, whose ``SMSSpamCollection`` has one line "label, tab, text" per message."""
    with ZipFile(io.BytesIO(files["sms_spam_collection.zip"])) as archive:
        content = archive.read("SMSSpamCollection").decode("utf-8")
    # Not splitlines(), which also splits at characters that occur inside messages.
    return _dataset(tuple(line.split("\t", 1)) for line in content.split("\n") if line)


def from_folder(folder: Path) -> Dataset:
    """Read ``sms_spam.csv.gz``, whose columns are label and text."""
    with gzip.open(folder / "sms_spam.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return _dataset((row["label"], row["text"]) for row in csv.DictReader(lines))


def _dataset(messages: Iterable[tuple[str, ...]]) -> Dataset:
    from sklearn.model_selection import train_test_split

    names, texts = zip(*dict.fromkeys(messages), strict=True)
    labels = np.array([LABELS.index(name) for name in names])
    train_inputs, test_inputs, train_labels, test_labels = train_test_split(
        list(texts), labels, test_size=TEST_SHARE, random_state=SPLIT_SEED, stratify=labels
    )
    row = source("sms")
    return Dataset(
        name=row.name,
        title=row.title,
        labels=LABELS,
        kind="text",
        train_inputs=train_inputs,
        train_labels=train_labels,
        test_inputs=test_inputs,
        test_labels=test_labels,
    )
