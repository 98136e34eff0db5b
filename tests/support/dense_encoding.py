"""Tables, embeddings and specs for tests of dense encoders."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.pipeline import make_pipeline

from dcai.encoders import (
    EmbeddingEncoder,
    VectorEncoder,
    encoder_from_spec,
    pack_spec,
    unpack_spec,
)
from dcai.errors import InvalidInput
from dcai.samples import norm_bounds

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
SVD = make_pipeline(HashingVectorizer(n_features=1_024), TruncatedSVD(n_components=3, random_state=0)).fit(TEXTS)

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


def svd_encoder(bits=8):
    return EmbeddingEncoder(SVD.transform, "SVD", 3, bits)


def plain_spec(d, bits=8):
    return {"kind": "vector", "version": 1, "bits": bits, "dimensions": d, "columns": [], "mean": [], "std": []}
