"""Dense encoders keep to what all encoders do, and their specs bring them back exactly."""

from __future__ import annotations

import doctest
import json
import pickle
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from dcai.encoders import (
    EmbeddingEncoder,
    VectorEncoder,
    embedding,
    encoder_from_spec,
    pack_spec,
    vector,
)
from tests.support.dense_encoding import (
    EMBEDDING_SPEC,
    SVD,
    TEXTS,
    VECTOR_SPEC,
    assert_encoded,
    plain_spec,
    refused,
    svd_encoder,
)


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
