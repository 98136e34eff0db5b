"""Dense encoders give integer rows of one norm, and their specs bring them back exactly."""

from __future__ import annotations

import doctest
import importlib
import json
import pickle
import sys
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import Perceptron
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from typer.testing import CliRunner

from dcai.cli import app
from dcai.encoders import (
    MAX_DIMENSIONS,
    EmbeddingEncoder,
    NothingToEncode,
    TextEncoder,
    VectorEncoder,
    embedding,
    encoder_from_spec,
    norm_bounds,
    pack_spec,
    unpack_spec,
    vector,
)
from dcai.errors import InvalidInput

SCALE = {8: 127, 16: 32_767}
DTYPE = {8: np.int8, 16: np.int16}
TEXTS = ["a fine film", "fine acting, fine music", "dull and long", "a dull film", "so long and so dull"]
VECTOR_SPEC = {
    "kind": "vector",
    "version": 1,
    "bits": 8,
    "dimensions": 2,
    "columns": ["age", "height"],
    "mean": [40.5, 1.75],
    "std": [12.25, 0.1],
}
EMBEDDING_SPEC = {"kind": "embedding", "version": 1, "name": "SVD", "dimensions": 3, "bits": 8}
SVD = make_pipeline(HashingVectorizer(), TruncatedSVD(n_components=3, random_state=0)).fit(TEXTS)

bit_sizes = st.sampled_from([8, 16])
finite = st.floats(allow_nan=False, allow_infinity=False)
numbers = finite | st.sampled_from([0.0, 0.5, 1.0, -1.0, sys.float_info.max, 5e-324]) | st.integers(-9, 9).map(float)
tables = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=numbers).filter(
    lambda table: table.any(axis=1).all()
)
whole_tables = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2), elements=st.integers(-(2**60), 2**60).map(float)
).filter(lambda table: table.any(axis=1).all())
review_texts = st.lists(
    st.lists(st.sampled_from(["fine", "film", "acting", "dull", "long"]), min_size=1).map(" ".join), max_size=5
)


def squares(rows):
    return (rows.astype(np.int64) ** 2).sum(axis=-1)


def assert_encoded(rows, n, d, bits):
    low, high = norm_bounds(d, bits)
    assert rows.dtype == DTYPE[bits]
    assert rows.shape == (n, d)
    assert (np.abs(rows.astype(int)) <= SCALE[bits]).all()
    assert ((low <= squares(rows)) & (squares(rows) <= high)).all()


def fitted(table, bits=8, *, standardize=False):
    """Fit an encoder, or let Hypothesis find another table where this one has rows or values that can't be encoded."""
    try:
        return VectorEncoder(bits, standardize).fit(table)
    except InvalidInput:
        assume(not standardize)
        raise


def over_the_chain(encoder, **parts):
    return encoder_from_spec(unpack_spec(pack_spec(encoder.spec())), **parts).estimator()


def refused(call, *words, error=InvalidInput):
    with pytest.raises(error) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


# The bounds of a norm


@given(st.integers(1, MAX_DIMENSIONS), bit_sizes)
def test_the_bounds_are_the_outermost_integers_within_half_the_root_of_d_of_the_scale(d, bits):
    with localcontext(prec=60):
        slack = Decimal(d).sqrt() / 2
        low = ((SCALE[bits] - slack) ** 2).to_integral_value(ROUND_CEILING)
        high = ((SCALE[bits] + slack) ** 2).to_integral_value(ROUND_FLOOR)
    assert norm_bounds(d, bits) == (low, high)


@pytest.mark.parametrize("bits", [8, 16])
def test_no_bound_is_so_near_to_an_integer_outside_that_the_error_of_a_float_could_cross_it(bits):
    for d in range(1, MAX_DIMENSIONS + 1):
        low, high = norm_bounds(d, bits)
        with localcontext(prec=60):
            slack = Decimal(d).sqrt() / 2
            assert (SCALE[bits] - slack) ** 2 / (low - 1) > 1 + Decimal("2e-14")
            assert (high + 1) / (SCALE[bits] + slack) ** 2 > 1 + Decimal("2e-14")


def test_the_bounds_can_be_reached():
    assert squares(VectorEncoder().fit([[1.0] * 4]).encode([1.0] * 4)) == 4 * 64**2 == norm_bounds(4, 8)[1]


@pytest.mark.parametrize("bits", [8, 16])
def test_rows_of_equal_coordinates_which_round_all_one_way_are_within_the_bounds(bits):
    for d in range(1, MAX_DIMENSIONS + 1):
        assert_encoded(encoder_from_spec(plain_spec(d, bits)).estimator().transform(np.ones((1, d))), 1, d, bits)


@given(tables, bit_sizes)
def test_every_row_is_within_the_bounds_of_its_norm(table, bits):
    assert_encoded(fitted(table, bits).transform(table), *table.shape, bits)


@settings(deadline=None)
@given(st.integers(1, MAX_DIMENSIONS), bit_sizes, st.integers(0, 2**32), st.integers(-300, 300), st.data())
def test_every_long_row_is_within_the_bounds_of_its_norm(d, bits, seed, exponent, data):
    rng = np.random.default_rng(seed)
    near_half = (rng.integers(0, 3, (3, d)) + 0.5) * rng.choice([-1, 1], (3, d))
    random = rng.normal(size=(3, d)) * 10.0 ** rng.uniform(-data.draw(st.integers(0, 5)), 0, d)
    table = np.vstack([near_half, random]) * 10.0**exponent
    assert_encoded(encoder_from_spec(plain_spec(d, bits)).estimator().transform(table), 6, d, bits)


@pytest.mark.parametrize("d", [0, -1, 4097, 2.0, "2", True, None])
def test_bounds_for_a_number_of_dimensions_out_of_range_are_refused(d):
    refused(lambda: norm_bounds(d, 8), f"from 1 to 4,096, not {d!r}")


# Vectors


def plain_spec(d, bits=8):
    return {"kind": "vector", "version": 1, "bits": bits, "dimensions": d, "columns": [], "mean": [], "std": []}


@given(tables, bit_sizes)
def test_each_coordinate_is_within_half_of_the_unit_row_times_the_scale(table, bits):
    largest = np.abs(table).max(axis=1, keepdims=True)
    unit = table / largest / np.linalg.norm(table / largest, axis=1, keepdims=True)
    rows = fitted(table, bits).transform(table)
    assert (np.abs(rows - unit * SCALE[bits]) <= 0.5 + 1e-9).all()


@given(whole_tables, bit_sizes, st.integers(-900, 900))
def test_the_length_of_a_row_does_not_count(table, bits, exponent):
    encoder = fitted(table, bits)
    assert (encoder.transform(table * 2.0**exponent) == encoder.transform(table)).all()


@given(tables, bit_sizes, st.booleans())
def test_encoding_one_row_equals_its_row_of_the_transform(table, bits, standardize):
    encoder = fitted(table, bits, standardize=standardize)
    rows = encoder.transform(table)
    for row, expected in zip(table, rows, strict=True):
        assert encoder.encode(row).dtype == DTYPE[bits]
        assert encoder.encode(row).tolist() == encoder.encode(row.tolist()).tolist() == expected.tolist()


@pytest.mark.parametrize("standardize", [False, True])
def test_rows_on_the_edge_of_rounding_are_the_same_one_by_one_and_in_any_order_of_the_memory(standardize):
    table = np.random.default_rng(0).normal(size=(40, 300))
    encoder = VectorEncoder(16, standardize).fit(table)
    for row in table:
        below, above = encoder.encode(row)[0], row[0] + 0.01
        while np.nextafter(row[0], above) < above:
            middle = np.append((row[0] + above) / 2, row[1:])
            if encoder.encode(middle)[0] == below:
                row[0] = middle[0]
            else:
                above = middle[0]
    beyond = table.copy()
    beyond[:, 0] = np.nextafter(table[:, 0], np.inf)
    rows = np.vstack([table, beyond])
    one_by_one = np.array([encoder.encode(row) for row in rows])
    assert (one_by_one[:40, 0] + 1 == one_by_one[40:, 0]).all()
    assert (encoder.transform(rows) == one_by_one).all()
    assert (encoder.transform(np.asfortranarray(rows)) == one_by_one).all()


@given(tables, bit_sizes, st.booleans())
def test_a_vector_encoder_comes_back_from_its_packed_spec_to_the_last_bit(table, bits, standardize):
    encoder = fitted(table, bits, standardize=standardize)
    copy = over_the_chain(encoder)
    assert copy.spec() == encoder.spec()
    assert copy.get_params() == encoder.get_params()
    assert copy.feature_names() == encoder.feature_names()
    assert copy.mean_.tobytes() == encoder.mean_.tobytes()
    assert copy.std_.tobytes() == encoder.std_.tobytes()
    assert (copy.transform(table) == encoder.transform(table)).all()


def test_rows_are_not_centred_unless_asked():
    table = [[1.0, 2.0], [3.0, 4.0]]
    assert VectorEncoder().fit(table).transform([[3.0, 4.0]]).tolist() == [[76, 102]]
    assert VectorEncoder(standardize=True).fit(table).transform([[3.0, 3.0]]).tolist() == [[127, 0]]


def test_standardised_columns_are_those_of_the_standard_scaler_of_scikit_learn():
    table = np.random.default_rng(0).normal(size=(50, 4)) * [1, 1e3, 1e-3, 0] + [0, 5, 1e-2, 7]
    theirs = VectorEncoder(16).fit_transform(StandardScaler().fit_transform(table))
    assert (VectorEncoder(16, standardize=True).fit_transform(table) == theirs).all()


def test_names_of_columns_are_kept_and_stand_in_the_spec_only_where_they_were_given():
    named = VectorEncoder().fit([[1.0, 2.0]], feature_names=np.array(["age", "height"]))
    assert over_the_chain(named).feature_names() == ["age", "height"]
    unnamed = VectorEncoder().fit([[1.0, 2.0]])
    assert unnamed.spec()["columns"] == []
    assert over_the_chain(unnamed).feature_names() == ["column 0", "column 1"]


def test_the_loss_is_that_of_the_norms_of_all_rows_and_the_cosines_of_all_pairs():
    table = np.array([[3.0, 4.0], [0.1, 0.0], [1.0, 1.0]])
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    rounded = np.array([[76, 102], [127, 0], [90, 90]]) / 127
    lengths = [float(np.linalg.norm(row)) for row in rounded]
    of_norms = [abs(length - 1) for length in lengths]
    of_cosines = [
        abs(rounded[i] @ rounded[j] / lengths[i] / lengths[j] - unit[i] @ unit[j]) for i, j in [(0, 1), (0, 2), (1, 2)]
    ]
    expected = (np.mean(of_norms), max(of_norms), np.mean(of_cosines), max(of_cosines))
    assert VectorEncoder().fit(table).loss_ == pytest.approx(expected, abs=1e-15)


@given(tables, bit_sizes)
def test_the_loss_of_a_norm_is_at_most_what_the_bounds_allow(table, bits):
    loss = fitted(table, bits).loss_
    assert 0 <= loss.norm_mean <= loss.norm_max + 1e-15
    assert loss.norm_max <= table.shape[1] ** 0.5 / 2 / SCALE[bits] + 1e-9
    assert 0 <= loss.cosine_mean <= loss.cosine_max + 1e-15


def test_sixteen_bits_lose_far_less_than_eight():
    table = np.random.default_rng(0).normal(size=(2000, 100))
    losses = [VectorEncoder(bits).fit(table).loss_ for bits in (8, 16)]
    for eight, sixteen in zip(*losses, strict=True):
        assert 0 < sixteen < eight / 100
    assert losses[0].cosine_max < 0.02


def test_one_row_has_no_pair_and_no_loss_of_cosines():
    assert VectorEncoder().fit([[3.0, 4.0]]).loss_[2:] == (0.0, 0.0)


def test_digits_are_told_apart_by_a_perceptron_as_well_as_before_they_were_encoded():
    digits = load_digits()
    encoder = VectorEncoder(8).fit(digits.data[::2])
    plain = Perceptron(random_state=0).fit(digits.data[::2], digits.target[::2])
    model = Perceptron(random_state=0).fit(encoder.transform(digits.data[::2]), digits.target[::2])
    accuracy = model.score(encoder.transform(digits.data[1::2]), digits.target[1::2])
    assert accuracy > 0.9
    assert accuracy > plain.score(digits.data[1::2], digits.target[1::2]) - 0.02


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([[1.0, 2.0], [3.0, float("nan")]], "Row 1, column 1 ('height') holds nan"),
        ([[1.0, 2.0], [float("-inf"), 1.0]], "Row 1, column 0 ('age') holds -inf"),
        ([[1.0, 2.0], [0.0, -0.0]], "Row 1 is zero in all 2 columns, from 'age' to 'height'"),
        ([[1.0, 2.0], [1.0, "tall"]], "Row 1, column 1 holds 'tall'"),
        ([[1.0, 2.0], [1.0]], "Row 1 has shape (1,) and row 0 (2,)"),
        ([1.0, 2.0], "this has shape (2,). Reshape your data, or write [row]"),
        (object(), "A table holds rows of numbers"),
    ],
)
def test_what_is_no_table_of_finite_rows_with_a_direction_is_refused_with_row_and_column(table, says):
    refused(lambda: VectorEncoder().fit(table, feature_names=["age", "height"]), says)
    encoder = VectorEncoder().fit([[1.0, 2.0]], feature_names=["age", "height"])
    refused(lambda: encoder.transform(table), says)


def test_a_row_of_zeros_or_of_means_is_nothing_to_encode():
    refused(lambda: VectorEncoder().fit([[1.0, 2.0]]).encode([0, 0]), "Row 0 is zero", error=NothingToEncode)
    refused(lambda: encoder_from_spec(VECTOR_SPEC).encode([40.5, 1.75]), "Row 0 equals the mean", error=NothingToEncode)
    refused(lambda: VectorEncoder(standardize=True).fit([[1.0, 2.0]]), "Row 0 equals the mean", error=NothingToEncode)


def test_a_row_with_another_number_of_columns_is_refused_with_both_numbers():
    encoder = encoder_from_spec(VECTOR_SPEC).estimator()
    refused(lambda: encoder.transform([[1.0, 2.0, 3.0]]), "Row 0 has 3 values", "2 columns", "'age' to 'height'")
    refused(lambda: encoder.encode([1.0]), "Row 0 has 1 values", "2 columns")


def test_values_that_float64_cannot_standardise_are_refused_with_their_column():
    table = [[1.0, 1e308], [2.0, -1e308]]
    refused(lambda: VectorEncoder(standardize=True).fit(table), "column 1 ('column 1')", "too large")
    encoder = encoder_from_spec({**VECTOR_SPEC, "std": [1.0, 1e-300]})
    refused(lambda: encoder.encode([1.0, 1e300]), "Row 0, column 1 ('height')", "1e-300")


@pytest.mark.parametrize("bits", [0, 7, 32, 8.0, "8", True, None, [8]])
def test_a_number_of_bits_that_is_neither_8_nor_16_is_refused(bits):
    refused(lambda: VectorEncoder(bits).fit([[1.0]]), f"must be 8 or 16, not {bits!r}")
    refused(lambda: norm_bounds(2, bits), f"must be 8 or 16, not {bits!r}")
    refused(lambda: EmbeddingEncoder(SVD.transform, "SVD", 3, bits).fit(TEXTS), f"must be 8 or 16, not {bits!r}")


@pytest.mark.parametrize("standardize", [1, "no", None])
def test_standardize_must_be_a_bool(standardize):
    refused(lambda: VectorEncoder(standardize=standardize).fit([[1.0]]), f"True or False, not {standardize!r}")


@pytest.mark.parametrize(
    ("shape", "says"), [((0, 3), "(0, 3)"), ((3, 0), "(3, 0)"), ((1, 4097), "from 1 to 4,096, not 4097")]
)
def test_a_training_table_of_an_impossible_size_is_refused(shape, says):
    refused(lambda: VectorEncoder().fit(np.ones(shape)), says)


def test_names_must_be_one_str_for_every_column():
    refused(lambda: VectorEncoder().fit([[1.0, 2.0]], feature_names=["age"]), "1 names", "2 columns")
    refused(lambda: VectorEncoder().fit([[1.0, 2.0]], feature_names=["age", 5]), "column 1", "5")


# Embeddings


def svd_encoder(bits=8):
    return EmbeddingEncoder(SVD.transform, "SVD", 3, bits)


def gives(array):
    """Return an encoder of an embedding that gives this array whatever the texts are."""
    return EmbeddingEncoder(lambda texts: array, "broken", 3)


@settings(deadline=None)
@given(review_texts, bit_sizes)
def test_a_text_is_encoded_as_the_vector_that_the_function_gives_it(texts, bits):
    rows = svd_encoder(bits).fit(TEXTS).transform(texts)
    assert_encoded(rows, len(texts), 3, bits)
    if texts:
        assert (rows == VectorEncoder(bits).fit_transform(SVD.transform(texts))).all()


@settings(deadline=None)
@given(review_texts)
def test_encoding_one_text_equals_its_row_of_the_transform(texts):
    encoder = svd_encoder().fit(TEXTS)
    for text, expected in zip(texts, encoder.transform(texts), strict=True):
        assert encoder.encode(text).dtype == np.int8
        assert encoder.encode(text).tolist() == expected.tolist()


@settings(deadline=None)
@given(review_texts, bit_sizes)
def test_an_embedding_encoder_comes_back_from_its_packed_spec_and_the_function(texts, bits):
    encoder = svd_encoder(bits).fit(TEXTS)
    copy = over_the_chain(encoder, embed=SVD.transform)
    assert copy.spec() == encoder.spec()
    assert copy.n_features_ == encoder.n_features_ == 3
    assert copy.feature_names() == encoder.feature_names() == ["dimension 0", "dimension 1", "dimension 2"]
    assert (copy.transform(texts) == encoder.transform(texts)).all()


def test_a_spec_without_the_function_is_refused_with_the_name_of_the_embedding_and_the_way_out():
    spec = {**EMBEDDING_SPEC, "name": "all-MiniLM-L6-v2"}
    for load in (encoder_from_spec, EmbeddingEncoder.from_spec):
        refused(lambda load=load: load(spec), "'all-MiniLM-L6-v2' (3 dimensions)", "pass it as embed=…")


def test_a_command_line_says_that_a_model_of_an_embedding_is_asked_from_python(monkeypatch):
    predict = importlib.import_module("dcai.cli.commands.predict")
    monkeypatch.setattr(predict, "connect", lambda url: None)
    monkeypatch.setattr(predict, "attach", lambda chain, address: encoder_from_spec(EMBEDDING_SPEC))
    result = CliRunner().invoke(app, ["predict", "0x00", "a fine film"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "can only be asked from Python: dcai.attach(chain, address, embed=…)" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_function_for_an_encoder_that_needs_none_is_ignored():
    spec = TextEncoder().fit(TEXTS).spec()
    assert encoder_from_spec(spec, embed=SVD.transform).spec() == spec


def test_the_loss_is_that_of_the_vectors_of_the_texts():
    assert svd_encoder().fit(TEXTS).loss_ == VectorEncoder().fit(SVD.transform(TEXTS)).loss_


def test_similar_texts_point_in_similar_directions():
    rows = svd_encoder().fit(TEXTS).transform(["fine music", "fine acting", "dull, so dull"]).astype(int)
    assert rows[0] @ rows[1] > 0.9 * 127**2 > 0.1 * 127**2 > rows[0] @ rows[2]


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.ones((2, 4)), "'broken' gave numbers of shape (2, 4) for 2 texts and 3 dimensions; it must give (2, 3)"),
        (np.ones((3, 3)), "shape (3, 3) for 2 texts"),
        (np.ones(3), "'broken' gave numbers of shape (3,) for 2 texts"),
        ([[1.0, 2.0, 3.0], [1.0, float("nan"), 3.0]], "'broken' gave nan in dimension 1 for text 1, 'two'"),
        ([[1.0, 2.0, 3.0], [float("inf"), 2.0, 3.0]], "'broken' gave inf in dimension 0 for text 1, 'two'"),
        ([[1.0, 2.0, 3.0], [1.0]], "'broken' must give numbers: Row 1 has shape (1,) and row 0 (3,)"),
        ([[1.0, 2.0, "x"]] * 2, "'broken' must give numbers: Row 0, column 2 holds 'x'"),
        (sparse.csr_matrix(np.ones((2, 3))), "'broken' must give numbers: A table is dense, this is a sparse matrix"),
        ([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], "'broken' finds nothing in text 1, 'two'"),
        (None, "'broken' gave numbers of shape () for 2 texts"),
    ],
)
def test_a_function_that_gives_something_else_is_refused_with_its_name_and_the_shape(array, says):
    refused(lambda: gives(array).fit(["one", "two"]), says)
    loaded = encoder_from_spec({**EMBEDDING_SPEC, "name": "broken"}, embed=lambda texts: array).estimator()
    refused(lambda: loaded.transform(["one", "two"]), says)


def test_a_text_whose_vector_is_zero_is_nothing_to_encode():
    refused(lambda: svd_encoder().fit(TEXTS).encode(""), "'SVD' finds nothing in text 0, ''", error=NothingToEncode)


def test_texts_whose_vectors_are_zero_are_named_together_the_first_ten_of_them():
    encoder = svd_encoder().fit(TEXTS)
    for texts, says in (
        (["fine", "", "dull", "?"], "nothing in texts 1, 3: all"),
        ([""] * 10, "nothing in texts 0, 1, 2, 3, 4, 5, 6, 7, 8, 9: all"),
        (["fine", *[""] * 12], "nothing in texts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: all"),
    ):
        refused(lambda texts=texts: encoder.transform(texts), says, "leave these texts out", error=NothingToEncode)


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("one single text", "the single text 'one single text'"),
        (["a text", 5], "Text 1 must be a str, not 5"),
        (7, "not 7"),
    ],
)
def test_what_is_no_list_of_texts_is_refused_before_the_function_sees_it(texts, says):
    refused(lambda: gives(None).fit(texts), says)
    refused(lambda: encoder_from_spec(EMBEDDING_SPEC, embed=gives(None).embed).estimator().transform(texts), says)


def test_an_embedding_without_a_text_to_measure_it_on_is_refused():
    refused(lambda: svd_encoder().fit([]), "at least one")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"embed": "all-MiniLM-L6-v2"}, "embed must be a function of a list of texts, not 'all-MiniLM-L6-v2'"),
        ({"name": ""}, "name must be a str that people find it by, not ''"),
        ({"name": None}, "not None"),
        ({"dimensions": 4097}, "The number of dimensions must be an integer from 1 to 4,096, not 4097"),
        ({"dimensions": None}, "not None"),
    ],
)
def test_a_parameter_out_of_range_is_refused_with_its_value(changes, says):
    refused(lambda: svd_encoder().set_params(**changes).fit(TEXTS), says)


def test_a_sentence_model_without_its_library_is_refused_with_the_name_of_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    refused(lambda: EmbeddingEncoder.sentence_transformer("all-MiniLM-L6-v2"), "MiniLM", "'dcai[embeddings]'")


def test_a_sentence_model_gives_its_vectors_its_name_and_its_dimensions(monkeypatch):
    class SentenceTransformer:
        def __init__(self, name):
            assert name == "svd-of-five"

        def get_embedding_dimension(self):
            return 3

        def encode(self, texts):
            return SVD.transform(texts).astype(np.float32)

    monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=SentenceTransformer))
    encoder = EmbeddingEncoder.sentence_transformer("svd-of-five", bits=16).fit(TEXTS)
    assert encoder.spec() == {**EMBEDDING_SPEC, "name": "svd-of-five", "bits": 16}
    theirs = VectorEncoder(16).fit_transform(SVD.transform(TEXTS).astype(np.float32))
    assert (encoder.transform(TEXTS) == theirs).all()


def test_the_sentence_library_is_not_loaded_before_it_is_asked_for():
    assert "sentence_transformers" not in sys.modules


# Both


def test_a_feature_that_is_zero_is_described_with_the_others():
    encoder = VectorEncoder().fit([[3.0, 4.0]], feature_names=["width", "height"])
    assert encoder.encode([0.0, 2.0]).tolist() == [0, 127]
    assert encoder.describe([0.0, 2.0]) == {0: "width", 1: "height"}


@pytest.mark.parametrize(("row", "says"), [([0.0, 0.0], "Row 0 is zero"), ([1.0], "1 values"), ([1.0, np.nan], "nan")])
def test_what_is_not_encoded_is_not_described(row, says):
    refused(lambda: VectorEncoder().fit([[3.0, 4.0]]).describe(row), says)


@pytest.mark.parametrize(
    ("encoder", "inputs"),
    [
        (VectorEncoder(), [[1.0, 2.0], [3.0, 5.0]]),
        (VectorEncoder(16, standardize=True), [[1.0, 2.0], [3.0, 5.0]]),
        (svd_encoder(), TEXTS),
    ],
)
class TestEveryDenseEncoder:
    @pytest.mark.parametrize("method", ["transform", "encode", "describe", "feature_names", "spec"])
    def test_is_refused_before_it_is_fitted(self, encoder, inputs, method):
        arguments = {"transform": [inputs], "encode": [inputs[0]], "describe": [inputs[0]]}.get(method, [])
        with pytest.raises(NotFittedError):
            getattr(clone(encoder), method)(*arguments)

    def test_is_cloned_unfitted(self, encoder, inputs):
        copy = clone(clone(encoder).fit(inputs))
        assert copy.get_params().keys() == encoder.get_params().keys()
        assert not hasattr(copy, "n_features_")

    def test_is_pickled_with_what_it_learnt(self, encoder, inputs):
        one = clone(encoder).fit(inputs)
        assert (pickle.loads(pickle.dumps(one)).transform(inputs) == one.transform(inputs)).all()

    def test_learns_anew_when_fitted_again(self, encoder, inputs):
        more = [*inputs, inputs[0]]
        once, twice = clone(encoder).fit(inputs), clone(encoder).fit(more).fit(inputs)
        assert twice.spec() == once.spec()
        assert twice.loss_ == once.loss_

    def test_describes_an_input_by_all_its_features(self, encoder, inputs):
        one = clone(encoder).fit(inputs)
        for item in inputs:
            assert one.describe(item) == dict(enumerate(one.feature_names()))

    def test_is_dense(self, encoder, inputs):
        assert encoder.dense
        assert isinstance(clone(encoder).fit_transform(inputs), np.ndarray)

    def test_transforms_no_inputs_to_no_rows(self, encoder, inputs):
        one = clone(encoder).fit(inputs)
        assert_encoded(one.transform([]), 0, one.n_features_, one.bits)

    def test_gives_a_spec_that_is_json_with_kind_and_version(self, encoder, inputs):
        spec = clone(encoder).fit(inputs).spec()
        assert json.loads(json.dumps(spec)) == spec
        assert spec["kind"] == encoder.kind
        assert spec["version"] == 1


@pytest.mark.parametrize("module", [vector, embedding])
def test_the_examples_in_the_docstrings_are_right(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


# Specs


@pytest.mark.parametrize(
    ("base", "changes", "says"),
    [
        (VECTOR_SPEC, {"version": 2}, "version 2"),
        (VECTOR_SPEC, {"bits": 12}, "must be 8 or 16, not 12"),
        (VECTOR_SPEC, {"bits": 8.0}, "'bits' in the encoder's spec must be a int, not 8.0"),
        (VECTOR_SPEC, {"dimensions": 0}, "from 1 to 4,096, not 0"),
        (VECTOR_SPEC, {"dimensions": 4097}, "not 4097"),
        (VECTOR_SPEC, {"dimensions": 3}, "'columns' in the encoder's spec has 2 values; it must have none or 3"),
        (VECTOR_SPEC, {"columns": ["age", 5]}, "The name of column 1 must be a str, not 5"),
        (VECTOR_SPEC, {"mean": []}, "0 means and 2 standard deviations"),
        (VECTOR_SPEC, {"mean": [1.0]}, "'mean' in the encoder's spec has 1 values"),
        (VECTOR_SPEC, {"mean": [1.0, "2"]}, "The mean of column 1 must be a finite number, not '2'"),
        (VECTOR_SPEC, {"mean": [float("nan"), 1.0]}, "not nan"),
        (VECTOR_SPEC, {"mean": [True, 1.0]}, "not True"),
        (VECTOR_SPEC, {"mean": [10**400, 1.0]}, "must be a finite number"),
        (VECTOR_SPEC, {"std": [1.0, 0.0]}, "The standard deviation of column 1 must be a finite number above 0"),
        (VECTOR_SPEC, {"std": [-1.0, 1.0]}, "above 0, not -1.0"),
        (VECTOR_SPEC, {"std": [float("inf"), 1.0]}, "not inf"),
        (VECTOR_SPEC, {"std": [float("nan"), 1.0]}, "not nan"),
        (EMBEDDING_SPEC, {"version": 0}, "version 0"),
        (EMBEDDING_SPEC, {"name": ""}, "not ''"),
        (EMBEDDING_SPEC, {"name": 5}, "'name' in the encoder's spec must be a str, not 5"),
        (EMBEDDING_SPEC, {"dimensions": 4097}, "not 4097"),
        (EMBEDDING_SPEC, {"bits": 9}, "must be 8 or 16, not 9"),
    ],
)
def test_a_spec_that_no_encoder_wrote_is_refused_with_the_value(base, changes, says):
    assert encoder_from_spec(base, embed=SVD.transform).spec() == base
    refused(lambda: encoder_from_spec({**base, **changes}, embed=SVD.transform), says)


@pytest.mark.parametrize("spec", [VECTOR_SPEC, EMBEDDING_SPEC])
def test_a_spec_without_one_of_its_fields_is_refused_with_its_name(spec):
    for field in spec:
        rest = {name: value for name, value in spec.items() if name != field}
        refused(lambda rest=rest: encoder_from_spec(rest, embed=SVD.transform), repr(field))


def test_a_spec_of_another_kind_is_refused():
    refused(lambda: VectorEncoder.from_spec(EMBEDDING_SPEC), "'embedding'", "'vector'")
    refused(lambda: EmbeddingEncoder.from_spec(VECTOR_SPEC, SVD.transform), "'vector'", "'embedding'")


def test_a_larger_number_of_dimensions_needs_no_larger_spec_where_nothing_was_learnt():
    sizes = [len(pack_spec(encoder_from_spec(plain_spec(d)).spec())) for d in (2, 512, 4096)]
    assert all(larger - smaller < 10 for smaller, larger in pairwise(sizes))
