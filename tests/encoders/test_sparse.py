"""Sparse encoders keep to what all encoders do, and their specs bring them back exactly."""

from __future__ import annotations

import doctest
import json
import pickle

import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from dcai.encoders import (
    NothingToEncode,
    TabularEncoder,
    TextEncoder,
    base,
    encoder_from_spec,
    tabular,
    text,
)
from tests.support.sparse_encoding import (
    TABULAR_SPEC,
    TEXT_SPEC,
    TRAINING_TEXTS,
    assert_binary,
    assert_same_transform,
    refused,
)


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
def test_a_spec_that_is_not_a_dict_is_refused(spec):
    refused(lambda: encoder_from_spec(spec), f"is a dict, not {spec!r}")


def test_a_class_reads_only_specs_of_its_own_kind():
    assert TextEncoder.from_spec(TEXT_SPEC).encode("bad").tolist() == [1]
    refused(lambda: TextEncoder.from_spec(TABULAR_SPEC), "'tabular'", "'text'", "encoder_from_spec")


def test_a_spec_with_whole_numbers_as_edges_reads_them_as_floats():
    assert encoder_from_spec({**TABULAR_SPEC, "edges": [[18, 65], []]}).spec() == TABULAR_SPEC
