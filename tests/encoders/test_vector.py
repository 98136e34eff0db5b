"""Rows of floats become integer rows of one norm, within the bounds that contracts check."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.linear_model import Perceptron
from sklearn.preprocessing import StandardScaler

from dcai.encoders import (
    EmbeddingEncoder,
    NothingToEncode,
    VectorEncoder,
    encoder_from_spec,
)
from dcai.samples import MAX_DIMENSIONS, norm_bounds
from tests.support.dense_encoding import (
    DTYPE,
    SCALE,
    SVD,
    TEXTS,
    VECTOR_SPEC,
    assert_encoded,
    bit_sizes,
    fitted,
    over_the_chain,
    plain_spec,
    refused,
    squares,
    tables,
    whole_tables,
)


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
def test_what_is_not_a_table_of_finite_rows_with_a_direction_is_refused_with_row_and_column(table, says):
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
