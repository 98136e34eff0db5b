"""Encoders turn texts and rows into sorted binary features, and their specs bring them back exactly."""

from __future__ import annotations

import csv
import doctest
import gzip
import json
import os
import pickle
import sys
import tracemalloc
import unicodedata
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Perceptron
from sklearn.pipeline import make_pipeline

from dcai.encoders import (
    MAX_FEATURES,
    MAX_SPEC_BYTES,
    NothingToEncode,
    TabularEncoder,
    TextEncoder,
    base,
    encoder_from_spec,
    pack_spec,
    tabular,
    text,
    unpack_spec,
)
from dcai.errors import InvalidInput

TRAINING_TEXTS = ["the good film the end", "The bad film", "good GOOD ending"]
TEXT_SPEC = {"kind": "text", "version": 1, "words": ["good", "bad"]}
TABULAR_SPEC = {"kind": "tabular", "version": 1, "columns": ["age", "height"], "edges": [[18.0, 65.0], []]}

any_texts = st.lists(st.text() | st.from_regex(r"(good|bad|FILM|café|don't|9)( [a-z]{1,3}){0,5}", fullmatch=True))
texts_with_words = any_texts.filter(lambda texts: any(text.split_words(item) for item in texts))
finite = st.floats(allow_nan=False, allow_infinity=False)
tables = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=finite)


def rows_of(matrix):
    return [row.tolist() for row in np.split(matrix.indices, matrix.indptr[1:-1])] if matrix.shape[0] else []


def assert_binary(matrix, rows, encoder):
    assert isinstance(matrix, sparse.csr_matrix)
    assert matrix.dtype == np.int8
    assert matrix.shape == (rows, encoder.n_features_) == (rows, len(encoder.feature_names()))
    assert (matrix.data == 1).all()
    assert all(np.all(np.diff(row) > 0) for row in rows_of(matrix))


def assert_same_transform(one, other, inputs):
    assert one.n_features_ == other.n_features_
    assert one.feature_names() == other.feature_names()
    assert (one.transform(inputs) != other.transform(inputs)).nnz == 0


def over_the_chain(encoder):
    return encoder_from_spec(unpack_spec(pack_spec(encoder.spec()))).estimator()


def refused(call, *words):
    with pytest.raises(InvalidInput) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


# Texts


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
def test_what_is_no_list_of_texts_is_refused_with_its_position(texts, says):
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


# Tables


def test_bins_are_named_by_their_column_and_edges():
    encoder = TabularEncoder(bins=3).fit([[1.5, 7], [2.5, 7], [3.5, 7]], feature_names=["mean radius", "constant"])
    assert encoder.feature_names() == [
        "mean radius <= 1.5",
        "1.5 < mean radius <= 2.5",
        "2.5 < mean radius",
        "any constant",
    ]


def test_columns_without_names_are_numbered():
    assert TabularEncoder(bins=2).fit([[1, 2], [3, 4]]).feature_names() == [
        "column 0 <= 1.0",
        "1.0 < column 0",
        "column 1 <= 2.0",
        "2.0 < column 1",
    ]


def test_bins_of_distinct_values_hold_equally_many_training_rows():
    rng = np.random.default_rng(0)
    table = rng.permuted(np.arange(800.0).reshape(-1, 1), axis=0)
    assert TabularEncoder(bins=8).fit_transform(table).sum(axis=0).tolist() == [[100] * 8]


def test_a_value_on_an_edge_is_in_the_bin_below_it_and_outliers_in_the_outermost():
    encoder = TabularEncoder(bins=2).fit([[1.0], [2.0], [3.0], [4.0]])
    inputs = [[-1e300], [2.0], [np.nextafter(2.0, 3.0)], [1e300]]
    assert encoder.transform(inputs).indices.tolist() == [0, 0, 1, 1]


@given(tables, st.integers(2, 10))
def test_table_rows_have_one_sorted_feature_of_each_column_and_no_bin_is_idle(table, bins):
    encoder = TabularEncoder(bins).fit(table)
    matrix = encoder.transform(table)
    assert_binary(matrix, len(table), encoder)
    assert encoder.n_features_ <= bins * table.shape[1]
    assert (matrix.sum(axis=1) == table.shape[1]).all()
    assert (matrix.sum(axis=0) > 0).all()


@given(tables, st.data())
def test_a_larger_value_is_never_in_a_lower_bin(table, data):
    encoder = TabularEncoder(4).fit(table[:, :1])
    low, high = sorted(data.draw(st.tuples(finite, finite)))
    assert encoder.encode([low])[0] <= encoder.encode([high])[0]


@given(tables, st.integers(2, 10))
def test_encoding_one_row_equals_its_row_of_the_transform(table, bins):
    encoder = TabularEncoder(bins).fit(table)
    for row, expected in zip(table, rows_of(encoder.transform(table)), strict=True):
        assert encoder.encode(row).dtype == np.uint16
        assert encoder.encode(row).tolist() == expected


@given(tables, st.integers(2, 10), st.data())
def test_a_tabular_encoder_comes_back_from_its_packed_spec_to_the_last_bit(table, bins, data):
    encoder = TabularEncoder(bins).fit(table)
    others = data.draw(hnp.arrays(np.float64, (5, table.shape[1]), elements=finite))
    around = np.nextafter(table, np.inf, where=table < sys.float_info.max, out=table.copy())
    assert_same_transform(over_the_chain(encoder), encoder, np.vstack([table, around, others]))
    assert over_the_chain(encoder).spec() == encoder.spec()


def test_the_breast_cancer_table_is_told_apart_by_a_perceptron_on_its_bins():
    data = load_breast_cancer()
    encoder = TabularEncoder(bins=8).fit(data.data[::2], feature_names=data.feature_names)
    assert encoder.n_features_ == 240
    assert encoder.feature_names()[1] == "10.57 < mean radius <= 11.66"
    model = Perceptron(random_state=0).fit(encoder.transform(data.data[::2]), data.target[::2])
    assert model.score(encoder.transform(data.data[1::2]), data.target[1::2]) > 0.9


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([[1.0, 2.0], [3.0, float("nan")]], "Row 1, column 1 ('height') holds nan"),
        ([[1.0, 2.0], [float("-inf"), 1.0]], "Row 1, column 0 ('age') holds -inf"),
        ([[1.0, None]], "Row 0, column 1 ('height') holds nan"),
        ([[1.0, 2.0], [1.0, "tall"]], "Row 1, column 1 holds 'tall'"),
        ([[1.0, 2.0], [1.0, 10**400]], "Row 1, column 1 holds 10000"),
        ([[1.0, 2.0], [1.0]], "Row 1 has shape (1,) and row 0 (2,)"),
        ([1.0, 2.0], "this has shape (2,). Reshape your data, or write [row]"),
        (1.0, "this has shape ()"),
        ("abc", "Row 0, column 0 holds 'a'"),
        (sparse.csr_matrix([[1.0, 2.0]]), "a sparse matrix of shape (1, 2); give its toarray()"),
        (object(), "A table holds rows of numbers"),
    ],
)
def test_what_is_no_table_of_finite_numbers_is_refused_with_row_and_column(table, says):
    refused(lambda: TabularEncoder().fit(table, feature_names=["age", "height"]), says)
    refused(lambda: encoder_from_spec(TABULAR_SPEC).estimator().transform(table), says)


def test_a_fault_in_a_data_frame_is_found_in_its_rows():
    class DataFrame(dict):
        def __array__(self, dtype=None, copy=None):
            return np.array(list(zip(*self.values(), strict=True)), dtype=dtype or object)

    refused(lambda: TabularEncoder().fit(DataFrame(age=[1, 2], height=[3, "tall"])), "Row 1, column 1 holds 'tall'")


def test_names_from_an_array_show_as_plain_text_in_errors():
    names = np.array(["age", "height"])
    refused(lambda: TabularEncoder().fit([[1.0, np.nan]], feature_names=names), "column 1 ('height')")
    encoder = TabularEncoder().fit([[1.0, 2.0]], feature_names=names)
    refused(lambda: encoder.encode([np.nan, 1.0]), "column 0 ('age')")


def test_a_row_with_another_number_of_columns_is_refused_with_both_numbers():
    encoder = encoder_from_spec(TABULAR_SPEC).estimator()
    refused(lambda: encoder.transform([[1.0, 2.0, 3.0]]), "Row 0 has 3 values", "2 columns", "'age' to 'height'")
    refused(lambda: encoder.encode([1.0]), "Row 0 has 1 values", "2 columns")


@pytest.mark.parametrize("bins", [1, 0, 65_536, 2.0, "8", True, None])
def test_a_number_of_bins_out_of_range_is_refused_with_the_limit(bins):
    refused(lambda: TabularEncoder(bins).fit([[1.0], [2.0]]), repr(bins), "from 2 to 65,535")


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_an_empty_training_table_is_refused(shape):
    refused(lambda: TabularEncoder().fit(np.zeros(shape)), str(shape))


def test_names_must_be_one_str_for_every_column():
    refused(lambda: TabularEncoder().fit([[1.0, 2.0]], feature_names=["age"]), "1 names", "2 columns")
    refused(lambda: TabularEncoder().fit([[1.0, 2.0]], feature_names=["age", 5]), "column 1", "5")


def test_more_bins_than_a_sample_can_index_are_refused_with_the_limit():
    values = np.arange(257.0)
    assert TabularEncoder(257).fit(np.tile(values, (255, 1)).T).n_features_ == 65_535
    refused(lambda: TabularEncoder(257).fit(np.tile(values, (256, 1)).T), "65,792", "65,535")


# Both


def test_an_input_is_described_in_words():
    assert TextEncoder().fit(TRAINING_TEXTS).describe("A bad, BAD ending") == {3: "bad", 5: "ending"}
    assert encoder_from_spec(TABULAR_SPEC).describe([18, 2]) == {0: "age <= 18.0", 3: "any height"}


def test_an_input_without_a_known_feature_is_nothing_to_describe():
    with pytest.raises(NothingToEncode):
        TextEncoder().fit(TRAINING_TEXTS).describe("unknown")


@pytest.mark.parametrize(("encoder", "inputs"), [(TextEncoder(7), TRAINING_TEXTS), (TabularEncoder(3), [[1.0], [2.0]])])
class TestEveryEncoder:
    @pytest.mark.parametrize("method", ["transform", "encode", "describe", "feature_names", "spec"])
    def test_is_refused_before_it_is_fitted(self, encoder, inputs, method):
        arguments = {"transform": [inputs], "encode": [inputs[0]], "describe": [inputs[0]]}.get(method, [])
        with pytest.raises(NotFittedError):
            getattr(clone(encoder), method)(*arguments)

    def test_is_cloned_unfitted_with_its_parameters(self, encoder, inputs):
        copy = clone(clone(encoder).fit(inputs))
        assert copy.get_params() == encoder.get_params()
        assert not hasattr(copy, "n_features_")

    def test_is_pickled_with_what_it_learnt(self, encoder, inputs):
        fitted = clone(encoder).fit(inputs)
        assert_same_transform(pickle.loads(pickle.dumps(fitted)), fitted, inputs)

    def test_learns_anew_when_fitted_again(self, encoder, inputs):
        twice = clone(encoder).fit(inputs[:1]).fit(inputs)
        assert_same_transform(twice, clone(encoder).fit(inputs), inputs)

    def test_describes_each_feature_of_an_input_by_its_name(self, encoder, inputs):
        fitted = clone(encoder).fit(inputs)
        for one in inputs:
            description = fitted.describe(one)
            assert list(description) == fitted.encode(one).tolist()
            assert list(description.values()) == [fitted.feature_names()[feature] for feature in description]

    def test_is_sparse(self, encoder, inputs):
        assert not encoder.dense
        assert sparse.issparse(clone(encoder).fit_transform(inputs))

    def test_transforms_no_inputs_to_no_rows(self, encoder, inputs):
        fitted = clone(encoder).fit(inputs)
        assert_binary(fitted.transform([]), 0, fitted)

    def test_gives_a_spec_that_is_json_with_kind_and_version(self, encoder, inputs):
        spec = clone(encoder).fit(inputs).spec()
        assert json.loads(json.dumps(spec)) == spec
        assert spec["kind"] == encoder.kind
        assert spec["version"] == 1


@pytest.mark.parametrize("module", [base, text, tabular])
def test_the_examples_in_the_docstrings_are_right(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


# Specs


@pytest.mark.parametrize(
    ("base", "changes", "says"),
    [
        (TEXT_SPEC, {"kind": "unheard-of"}, "'unheard-of' is not a kind of encoder"),
        (TEXT_SPEC, {"kind": None}, "'kind' in the encoder's spec must be a str, not None"),
        (TEXT_SPEC, {"version": 2}, "version 2"),
        (TEXT_SPEC, {"version": "1"}, "'version' in the encoder's spec must be a int, not '1'"),
        (TEXT_SPEC, {"version": True}, "not True"),
        (TEXT_SPEC, {"words": "good"}, "must be a list, not 'good'"),
        (TEXT_SPEC, {"words": []}, "has 0"),
        (TEXT_SPEC, {"words": ["good", 5]}, "Word 1 of the encoder's spec must be a str, not 5"),
        (TEXT_SPEC, {"words": ["good", "bad", "good"]}, "Words 0 and 2 of the encoder's spec are both 'good'"),
        (TEXT_SPEC, {"words": [str(number) for number in range(65_536)]}, "65,535 words; this spec has 65,536"),
        (TABULAR_SPEC, {"version": 0}, "version 0"),
        (TABULAR_SPEC, {"columns": ["age"]}, "1 columns and edges for 2"),
        (TABULAR_SPEC, {"columns": [], "edges": []}, "0 columns"),
        (TABULAR_SPEC, {"columns": ["age", 5]}, "The name of column 1 must be a str, not 5"),
        (TABULAR_SPEC, {"edges": {}}, "'edges' in the encoder's spec must be a list, not {}"),
        (TABULAR_SPEC, {"edges": [[18.0], 5]}, "The edges of column 'height' must be a list, not 5"),
        (TABULAR_SPEC, {"edges": [[18.0, "65"], []]}, "An edge of column 'age' must be a finite number, not '65'"),
        (TABULAR_SPEC, {"edges": [[True], []]}, "not True"),
        (TABULAR_SPEC, {"edges": [[float("nan")], []]}, "not nan"),
        (TABULAR_SPEC, {"edges": [[float("inf")], []]}, "not inf"),
        (TABULAR_SPEC, {"edges": [[10**400], []]}, "must be a finite number"),
        (TABULAR_SPEC, {"edges": [[18.0, 18.0], []]}, "18.0 comes after 18.0"),
        (TABULAR_SPEC, {"edges": [[2**53, 2**53 + 1], []]}, "must increase"),
        (TABULAR_SPEC, {"edges": [list(range(65_534)), []]}, "65,536 bins together, and the limit is 65,535"),
    ],
)
def test_a_spec_that_no_encoder_wrote_is_refused_with_the_value(base, changes, says):
    assert encoder_from_spec(base).spec() == base
    refused(lambda: encoder_from_spec({**base, **changes}), says)


@pytest.mark.parametrize("spec", [TEXT_SPEC, TABULAR_SPEC])
def test_a_spec_without_one_of_its_fields_is_refused_with_its_name(spec):
    for field in spec:
        refused(lambda field=field: encoder_from_spec({k: v for k, v in spec.items() if k != field}), repr(field))


@pytest.mark.parametrize("spec", [None, [], "text", 5])
def test_a_spec_that_is_no_dict_is_refused(spec):
    refused(lambda: encoder_from_spec(spec), f"is a dict, not {spec!r}")


def test_a_class_reads_only_specs_of_its_own_kind():
    assert TextEncoder.from_spec(TEXT_SPEC).encode("bad").tolist() == [1]
    refused(lambda: TextEncoder.from_spec(TABULAR_SPEC), "'tabular'", "'text'", "encoder_from_spec")


def test_a_spec_with_whole_numbers_as_edges_reads_them_as_floats():
    assert encoder_from_spec({**TABULAR_SPEC, "edges": [[18, 65], []]}).spec() == TABULAR_SPEC


# Packing


def test_a_packed_spec_is_compressed_canonical_json():
    packed = pack_spec({"b": [1, 0.1], "a": "é"})
    assert zlib.decompress(packed) == '{"a":"é","b":[1,0.1]}'.encode()
    assert packed == zlib.compress(zlib.decompress(packed), level=9)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(st.characters(codec="utf-8")),
    lambda values: st.lists(values) | st.dictionaries(st.text(st.characters(codec="utf-8")), values),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), json_values))
def test_what_is_packed_is_unpacked(obj):
    assert unpack_spec(pack_spec(obj)) == obj


@pytest.mark.parametrize(
    ("packed", "says"),
    [
        (b"", "its end is missing"),
        (b"not zlib at all", "not a packed spec"),
        (pack_spec(TEXT_SPEC)[:-1], "its end is missing"),
        (pack_spec(TEXT_SPEC) + b"\0", "bytes follow its end"),
        (zlib.compress(b"{broken"), "can't be read as JSON"),
        (zlib.compress(b"\xff\xfe"), "can't be read as JSON"),
        (zlib.compress(b"[" * 1_000_000), "nested more than 20 deep"),
        (zlib.compress(b"[1, 2]"), "a JSON object; these 14 bytes unpack to [1, 2]"),
    ],
)
def test_bytes_that_are_no_packed_spec_are_refused(packed, says):
    refused(lambda: unpack_spec(packed), says)


@given(st.binary())
def test_garbage_is_never_more_than_invalid_input(garbage):
    refused(lambda: unpack_spec(garbage), f"These {len(garbage)} bytes")


def test_a_decompression_bomb_is_refused_before_it_is_unpacked():
    bomb = zlib.compress(bytes(16 * MAX_SPEC_BYTES), level=9)
    tracemalloc.start()
    refused(lambda: unpack_spec(bomb), "4,194,304")
    _, most_memory = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most_memory < 4 * MAX_SPEC_BYTES


def test_the_limit_of_a_spec_is_the_same_both_ways():
    largest = {"a": " " * (MAX_SPEC_BYTES - len('{"a":""}'))}
    assert unpack_spec(pack_spec(largest)) == largest
    refused(lambda: pack_spec({"a": largest["a"] + " "}), "4,194,304", "4,194,305")
    refused(lambda: unpack_spec(zlib.compress(b" " + zlib.decompress(pack_spec(largest)))), "4,194,304")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, "\ud800", b"bytes", np.int64(1)])
def test_a_value_that_json_cannot_hold_is_refused(value):
    refused(lambda: pack_spec({"value": value}), "can't be written as JSON")
