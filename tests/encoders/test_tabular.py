"""Rows of numbers become the bins that their values fall into."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import Perceptron

from dcai.encoders import (
    TabularEncoder,
    encoder_from_spec,
)
from tests.support.sparse_encoding import (
    TABULAR_SPEC,
    assert_binary,
    assert_same_transform,
    finite,
    over_the_chain,
    refused,
    rows_of,
    tables,
)


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
        ([[1.0, 2.0], [float("-inf"), 1.0]], "Row 1, column 0 ('age') holds -inf"),
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
def test_what_is_not_a_table_of_numbers_is_refused_with_row_and_column(table, says):
    refused(lambda: TabularEncoder().fit(table, feature_names=["age", "height"]), says)
    refused(lambda: encoder_from_spec(TABULAR_SPEC).estimator().transform(table), says)


def test_a_fault_in_a_data_frame_is_found_in_its_rows():
    class DataFrame(dict):
        def __array__(self, dtype=None, copy=None):
            return np.array(list(zip(*self.values(), strict=True)), dtype=dtype or object)

    refused(lambda: TabularEncoder().fit(DataFrame(age=[1, 2], height=[3, "tall"])), "Row 1, column 1 holds 'tall'")


def test_names_from_an_array_show_as_plain_text_in_errors():
    names = np.array(["age", "height"])
    refused(lambda: TabularEncoder().fit([[1.0, np.inf]], feature_names=names), "column 1 ('height')")
    encoder = TabularEncoder().fit([[1.0, 2.0]], feature_names=names)
    refused(lambda: encoder.encode([np.inf, 1.0]), "column 0 ('age')")


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
