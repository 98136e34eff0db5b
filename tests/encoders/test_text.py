"""Texts become the frequent words they hold."""

from __future__ import annotations

import csv
import gzip
import os
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.linear_model import Perceptron
from sklearn.pipeline import make_pipeline

from dcai.encoders import (
    NothingToEncode,
    TextEncoder,
    pack_spec,
    text,
)
from dcai.samples import MAX_FEATURES
from tests.support.sparse_encoding import (
    TRAINING_TEXTS,
    any_texts,
    assert_binary,
    assert_same_transform,
    over_the_chain,
    refused,
    rows_of,
    texts_with_words,
)


def test_words_are_ordered_by_falling_number_of_occurrences_and_ties_by_code_point():
    encoder = TextEncoder().fit(TRAINING_TEXTS)
    assert encoder.feature_names() == ["good", "the", "film", "bad", "end", "ending"]
    assert encoder.n_features_ == 6


def test_frequency_counts_occurrences_and_not_texts():
    assert TextEncoder(1).fit(["rare rare rare", "common", "common"]).feature_names() == ["rare"]


def test_only_the_most_frequent_words_are_kept():
    assert TextEncoder(vocabulary_size=2).fit(TRAINING_TEXTS).feature_names() == ["good", "the"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Good, GOOD-ish... (film)!", ["good", "good", "ish", "film"]),
        ("don't 'quote' rock'n'roll dogs'", ["don't", "quote", "rock'n'roll", "dogs"]),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", ["don't"]),
        ("snake_case 007 3.14", ["snake", "case", "007", "3", "14"]),
        ("Straße STRASSE", ["straße", "strasse"]),
        ("CAFE\N{COMBINING ACUTE ACCENT}", ["caf\N{LATIN SMALL LETTER E WITH ACUTE}"]),
        ("J\N{COMBINING CARON}", ["\N{LATIN SMALL LETTER J WITH CARON}"]),
        ("Привет мир, 你好", ["привет", "мир", "你好"]),
        ("…!? \n\t_", []),
    ],
)
def test_a_text_is_split_as_documented(written, words):
    assert text.split_words(written) == words


@given(st.text())
def test_texts_that_look_the_same_have_the_same_words(written):
    assert text.split_words(unicodedata.normalize("NFD", written)) == text.split_words(written)


@given(st.text(st.characters(codec="utf-8")))
def test_a_word_of_a_vocabulary_is_found_when_it_is_written_alone(written):
    words = text.split_words(written)
    assume(words)
    encoder = TextEncoder().fit([written])
    for index, word in enumerate(encoder.feature_names()):
        assert encoder.encode(word).tolist() == [index]


@given(texts_with_words, st.integers(1, 20))
def test_a_vocabulary_is_sorted_by_the_count_of_every_word_that_a_plain_count_finds(texts, size):
    counts = Counter(word for item in texts for word in text.split_words(item))
    words = TextEncoder(size).fit(texts).feature_names()
    assert words == [word for _, word in sorted((-count, word) for word, count in counts.items())][:size]


@given(texts_with_words, any_texts)
def test_text_rows_are_sorted_ones_where_a_word_is_present(texts, others):
    encoder = TextEncoder(8).fit(texts)
    matrix = encoder.transform(others)
    assert_binary(matrix, len(others), encoder)
    for row, other in zip(rows_of(matrix), others, strict=True):
        present = set(text.split_words(other))
        assert row == [index for index, word in enumerate(encoder.feature_names()) if word in present]


@given(texts_with_words, any_texts)
def test_encoding_one_text_equals_its_row_of_the_transform(texts, others):
    encoder = TextEncoder(8).fit(texts)
    for other, row in zip(others, rows_of(encoder.transform(others)), strict=True):
        if row:
            encoded = encoder.encode(other)
            assert encoded.dtype == np.uint16
            assert encoded.tolist() == row
        else:
            with pytest.raises(NothingToEncode):
                encoder.encode(other)


@given(texts_with_words, any_texts, st.integers(1, 20))
def test_a_text_encoder_comes_back_from_its_packed_spec(texts, others, size):
    encoder = TextEncoder(size).fit(texts)
    assert_same_transform(over_the_chain(encoder), encoder, texts + others)
    assert over_the_chain(encoder).spec() == encoder.spec()


@pytest.mark.parametrize("times", [1, 127, 128, 256, 65_536])
def test_a_repeated_word_is_one_feature_however_often_it_stands_there(times):
    matrix = TextEncoder().fit(TRAINING_TEXTS).transform(["good " * times])
    assert matrix.toarray().tolist() == [[1, 0, 0, 0, 0, 0]]


def test_a_text_without_a_known_word_is_an_error_that_quotes_its_ends_and_says_so():
    encoder = TextEncoder().fit(TRAINING_TEXTS)
    long = "Quite unknown" + " very" * 1000 + " indeed"
    refused(lambda: encoder.encode(long), "Nothing in 'Quite unknown", "indeed'", "6 features")
    with pytest.raises(NothingToEncode) as caught:
        encoder.encode(long)
    assert len(str(caught.value)) < 250


def test_the_largest_vocabulary_reaches_the_last_uint16_feature_and_fits_a_spec():
    words = [f"w{number:05}" for number in range(MAX_FEATURES + 10)]
    encoder = TextEncoder(MAX_FEATURES).fit(words)
    assert over_the_chain(encoder).encode(f"{words[0]} {words[MAX_FEATURES - 1]}").tolist() == [0, 65_534]
    with pytest.raises(NothingToEncode):
        encoder.encode(words[MAX_FEATURES])


@pytest.mark.parametrize("size", [0, -1, 65_536, 10.0, "1000", True, None])
def test_a_vocabulary_size_out_of_range_is_refused_with_the_limit(size):
    refused(lambda: TextEncoder(size).fit(TRAINING_TEXTS), repr(size), "65,535")


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("one single text", "the single text 'one single text'"),
        (["a text", 5, "another"], "Text 1 must be a str, not 5"),
        (["a text", None], "Text 1 must be a str, not None"),
        ([b"a text"], "Text 0 must be a str, not b'a text'"),
        (7, "not 7"),
    ],
)
def test_what_is_not_a_list_of_texts_is_refused_with_its_position(texts, says):
    refused(lambda: TextEncoder().fit(texts), says)
    refused(lambda: TextEncoder().fit(TRAINING_TEXTS).transform(texts), says)


@pytest.mark.parametrize("texts", [[], ["", "..."]])
def test_training_texts_without_a_word_are_refused(texts):
    refused(lambda: TextEncoder().fit(texts), f"the {len(texts)} training texts")


def real_reviews(split):
    folder = os.environ.get("DCAI_DATA_DIR")
    if not folder:
        pytest.skip("DCAI_DATA_DIR is not set: no real text")
    with gzip.open(Path(folder) / "imdb_text_sample_4000.csv.gz", "rt", encoding="utf-8", newline="") as file:
        reviews = [row for row in csv.DictReader(file) if row["split"] == split]
    assert len(reviews) == 2000
    return [row["text"] for row in reviews], [row["label"] for row in reviews]


def test_real_reviews_are_told_apart_by_a_perceptron_on_a_thousand_words():
    texts, labels = real_reviews("train")
    hidden, hidden_labels = real_reviews("test")
    model = make_pipeline(TextEncoder(1000), Perceptron(random_state=0)).fit(texts, labels)
    assert model.score(hidden, hidden_labels) > 0.74


def test_the_frequent_words_of_real_reviews_come_first_and_fill_the_low_indices():
    texts, _ = real_reviews("train")
    encoder = TextEncoder(1000).fit(texts)
    assert encoder.feature_names()[:5] == ["the", "and", "a", "of", "to"]
    hidden, _ = real_reviews("test")
    indices = encoder.transform(hidden).indices
    assert np.mean(indices < 100) > 0.4


def test_real_reviews_encode_one_by_one_as_they_transform_after_a_way_over_the_chain():
    texts, _ = real_reviews("train")
    hidden, _ = real_reviews("test")
    encoder = TextEncoder(1000).fit(texts)
    copy = over_the_chain(encoder)
    assert [copy.encode(review).tolist() for review in hidden] == rows_of(encoder.transform(hidden))
    assert len(pack_spec(encoder.spec())) < 4000
