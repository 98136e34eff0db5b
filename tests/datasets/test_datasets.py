"""Named data sets: where they come from, and what they hold."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dcai import datasets
from dcai.datasets import DataUnavailable, catalogue
from dcai.errors import InvalidInput

REAL_DATA = os.environ.get("DCAI_DATA_DIR")
needs_real_data = pytest.mark.skipif(not REAL_DATA, reason="DCAI_DATA_DIR names no folder with the real data sets")


@pytest.mark.parametrize("act", [datasets.source, datasets.load, datasets.get, datasets.path])
def test_an_unknown_name_is_refused_with_the_known_ones(act: Callable[[str], object]) -> None:
    with pytest.raises(InvalidInput, match=r"no data set 'mnist': choose one of breast-cancer, .*imdb, sms"):
        act("mnist")


@pytest.mark.parametrize("act", [datasets.load, datasets.path])
@pytest.mark.parametrize("name", ["imdb", "sms"])
def test_nothing_is_downloaded_without_being_asked_for(act: Callable[[str], object], name: str) -> None:
    with pytest.raises(DataUnavailable, match=f"`dcai data get {name}` downloads it"):
        act(name)


@pytest.mark.parametrize("act", [datasets.load, datasets.path, datasets.get])
def test_a_set_without_a_download_says_where_its_file_belongs(act: Callable[[str], object]) -> None:
    with pytest.raises(
        DataUnavailable, match=r"put weight_lifting_har\.csv\.gz into the folder that DCAI_DATA_DIR names"
    ):
        act("weight-lifting")


def test_a_data_folder_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match=r"no folder '.*nowhere'"):
        datasets.load("sms", data_dir=tmp_path / "nowhere")
    monkeypatch.setenv("DCAI_DATA_DIR", str(tmp_path / "elsewhere"))
    with pytest.raises(InvalidInput, match=r"no folder '.*elsewhere'"):
        datasets.load("sms")


def test_every_downloadable_set_has_a_checksum_a_size_and_a_url() -> None:
    for row in map(datasets.source, datasets.names()):
        assert bool(row.files) == bool(row.size) == bool(row.urls) == bool(row.sha256)
        for file in row.files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", file.checksum)
            assert file.url.startswith("https://")
        assert row.sha256 is None or re.fullmatch("[0-9a-f]{64}", row.sha256)


@pytest.mark.parametrize(
    ("name", "classes", "features", "train", "test"),
    [
        ("breast-cancer", 2, 30, 398, 171),
        ("digits", 10, 64, 1257, 540),
        ("iris", 3, 4, 105, 45),
        ("wine", 3, 13, 124, 54),
    ],
)
def test_built_in_sets_are_split_70_to_30(name: str, classes: int, features: int, train: int, test: int) -> None:
    data = datasets.load(name)
    assert (data.name, data.kind, len(data.labels)) == (name, "table", classes)
    assert np.shape(data.train_inputs) == (train, features)
    assert np.shape(data.test_inputs) == (test, features)
    assert data.feature_names is not None
    assert len(data.feature_names) == features
    shares = [np.bincount(labels) / len(labels) for labels in (data.train_labels, data.test_labels)]
    assert np.allclose(shares[0], shares[1], atol=0.02)


def test_the_split_of_a_built_in_set_is_always_the_same() -> None:
    iris = datasets.load("iris")
    assert iris.labels == ("setosa", "versicolor", "virginica")
    assert iris.train_labels[:12].tolist() == [2, 2, 2, 0, 0, 0, 1, 2, 1, 2, 0, 1]
    assert np.array_equal(iris.train_inputs, datasets.load("iris").train_inputs)


def test_a_built_in_set_is_never_downloaded() -> None:
    assert (datasets.get("iris") / "iris.csv").is_file()


def cached(cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, **contents: bytes) -> Path:
    """Replace the contents of a set's files, and let the catalogue expect the new ones."""
    row = datasets.source(name)
    folder = cache / name
    folder.mkdir(parents=True)
    files = []
    for file, content in zip(row.files, contents.values(), strict=True):
        (folder / file.name).write_bytes(content)
        files.append(replace(file, size=len(content), checksum=f"sha256:{hashlib.sha256(content).hexdigest()}"))
    monkeypatch.setitem(catalogue.SOURCES, name, replace(row, files=tuple(files)))
    return folder


def keras_npz(x_train: list[list[int]], y_train: list[int], x_test: list[list[int]], y_test: list[int]) -> bytes:
    file = io.BytesIO()
    lists = {"x_train": np.empty(len(x_train), dtype=object), "x_test": np.empty(len(x_test), dtype=object)}
    lists["x_train"][:], lists["x_test"][:] = x_train, x_test
    np.savez(file, allow_pickle=True, **lists, y_train=np.array(y_train), y_test=np.array(y_test))
    return file.getvalue()


SMS_CSV = gzip.compress(b"label,text\nham,hello\n", mtime=0)  # each worker must collect the same tests
WORDS = {"good": 3, "the": 1, "film": 2, "don't": 4}
REVIEWS = keras_npz([[1, 2], [3], [4, 3, 1], [2, 2]], [0, 1, 1, 0], [[1], [2], [3, 2], [4]], [0, 1, 0, 1])


def test_keras_reviews_come_as_words_in_the_order_of_keras(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(cache, monkeypatch, "imdb", npz=REVIEWS, words=json.dumps(WORDS).encode())
    data = datasets.load("imdb")
    # Permutations of four rows, twice, from the generator that Keras seeds with 113 (checked with the real set below).
    generator = np.random.RandomState(113)
    train, test = generator.permutation(4), generator.permutation(4)
    assert data.train_inputs == [["the film", "good", "don't good the", "film film"][row] for row in train]
    assert data.test_inputs == [["the", "film", "good film", "don't"][row] for row in test]
    assert data.train_labels.tolist() == [[0, 1, 1, 0][row] for row in train]
    assert data.test_labels.tolist() == [[0, 1, 0, 1][row] for row in test]
    assert (data.labels, data.kind, data.feature_names) == (("negative", "positive"), "text", None)


def test_a_changed_pickle_is_never_opened(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cached(cache, monkeypatch, "imdb", npz=REVIEWS, words=json.dumps(WORDS).encode())
    (folder / "imdb.npz").write_bytes(keras_npz([[1]], [0], [[1]], [0]))
    monkeypatch.setattr(np, "load", lambda *_, **__: pytest.fail("a file with a wrong checksum was opened"))
    with pytest.raises(
        DataUnavailable, match=r"imdb\.npz is not the published file .*; `dcai data get imdb` replaces it"
    ):
        datasets.load("imdb")


def zipped(lines: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("SMSSpamCollection", lines)
    return file.getvalue()


def test_a_message_may_contain_tabs_and_unusual_line_ends(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = ["a\tb", "c\x85d", "e\u2028f", "g ", "h"]
    lines = "".join(f"{label}\t{text}\n" for label in ("ham", "spam") for text in odd + odd)
    cached(cache, monkeypatch, "sms", zip=zipped(lines.encode()))
    data = datasets.load("sms")
    assert (len(data.train_inputs), len(data.test_inputs)) == (8, 2)
    assert sorted([*data.train_inputs, *data.test_inputs]) == sorted(odd * 2)


@pytest.mark.parametrize("damage", [b"", b"no gzip", SMS_CSV[:-9], SMS_CSV[:20] + b"??" + SMS_CSV[22:]])
def test_a_damaged_file_in_the_users_folder_is_named(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "sms_spam.csv.gz").write_bytes(damage)
    with pytest.raises(DataUnavailable, match=r"sms_spam\.csv\.gz in .* is damaged"):
        datasets.load("sms", data_dir=tmp_path)


@needs_real_data
def test_imdb_has_its_50000_reviews_in_the_order_of_keras() -> None:
    data = datasets.load("imdb", data_dir=REAL_DATA)
    assert len(data.train_inputs) == len(data.test_inputs) == 25_000
    assert np.bincount(data.train_labels).tolist() == np.bincount(data.test_labels).tolist() == [12_500, 12_500]
    # The first review that every Keras tutorial prints; words outside the 10,000 are left out.
    assert data.train_inputs[0].startswith(
        "this film was just brilliant casting location scenery story direction everyone's"
    )
    assert "being there robert is an amazing actor" in data.train_inputs[0]
    assert data.train_labels[:5].tolist() == [1, 0, 0, 1, 0]
    assert data.test_labels[:5].tolist() == [0, 1, 1, 0, 1]
    # Keras' files hold all positive reviews first: undoing the order must give that back.
    generator = np.random.RandomState(113)
    for labels in (data.train_labels, data.test_labels):
        unshuffled = np.empty_like(labels)
        unshuffled[generator.permutation(25_000)] = labels
        assert np.array_equal(unshuffled, np.repeat([1, 0], 12_500))


@needs_real_data
def test_sms_is_the_same_from_the_zip_and_from_the_csv(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REAL_DATA
    with gzip.open(Path(REAL_DATA) / "sms_spam.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        collection = "".join(f"{row['label']}\t{row['text']}\n" for row in csv.DictReader(lines)).encode()
    # The SHA-256 of SMSSpamCollection inside the published zip: the CSV is that file, byte for byte.
    assert hashlib.sha256(collection).hexdigest() == "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"
    cached(cache, monkeypatch, "sms", zip=zipped(collection))
    from_zip, from_csv = datasets.load("sms"), datasets.load("sms", data_dir=REAL_DATA)
    assert from_zip.train_inputs == from_csv.train_inputs
    assert from_zip.test_inputs == from_csv.test_inputs
    assert np.array_equal(from_zip.train_labels, from_csv.train_labels)
    assert np.array_equal(from_zip.test_labels, from_csv.test_labels)


@needs_real_data
def test_sms_has_no_message_in_both_parts() -> None:
    data = datasets.load("sms", data_dir=REAL_DATA)
    assert (len(data.train_inputs), len(data.test_inputs)) == (4136, 1035)
    assert len({*data.train_inputs, *data.test_inputs}) == 5574 - 403
    assert data.labels == ("ham", "spam")
    assert np.bincount(data.train_labels).tolist() == [3614, 522]
    assert np.bincount(data.test_labels).tolist() == [904, 131]


@needs_real_data
def test_weight_lifting_keeps_its_published_split_and_starts_with_all_classes() -> None:
    data = datasets.load("weight-lifting", data_dir=REAL_DATA)
    assert np.shape(data.train_inputs) == (13_737, 52)
    assert np.shape(data.test_inputs) == (5_885, 52)
    assert np.bincount(data.train_labels).tolist() == [3906, 2658, 2396, 2252, 2525]
    assert set(data.train_labels[:50]) == set(range(5))
    assert data.feature_names is not None
    assert data.feature_names[0] == "roll_belt"
    assert len(data.feature_names) == 52


@needs_real_data
def test_the_folder_in_the_environment_is_preferred_to_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REAL_DATA
    cached(cache, monkeypatch, "sms", zip=b"never opened")
    monkeypatch.setenv("DCAI_DATA_DIR", REAL_DATA)
    assert datasets.path("sms") == Path(REAL_DATA)
    assert len(datasets.load("sms").train_inputs) == 4136
