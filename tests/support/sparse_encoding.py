"""Texts, tables and specs for tests of sparse encoders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from dcai.encoders import (
    encoder_from_spec,
    pack_spec,
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
