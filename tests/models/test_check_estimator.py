"""scikit-learn's own checks pass on every model and encoder, but for those that are named here with the reason."""

from __future__ import annotations

import pytest
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from dcai.encoders import HashingEncoder, TabularEncoder, TextEncoder, VectorEncoder
from dcai.models import (
    AveragedPerceptron,
    DensePerceptron,
    NaiveBayes,
    NearestCentroid,
    SparseNearestCentroid,
    SparsePerceptron,
)

OBJECTS = "wants NumPy's TypeError for an object in an array, and gets InvalidInput, a ValueError that says where it is"
NO_OBJECTS = "takes an array of objects for numbers; a model refuses it, whatever is in it"
NEGATIVE = "feeds values below 0 whatever the tag positive_only says"
WIDTH = "wants scikit-learn's words for a wrong number of columns; ours name the row and the columns"
ZERO = "rounds its rows, some to zeros only, which have no direction"
PIPELINE = "fails on any pipeline, whose steps are fitted in their place"
FLOATS = "fits on rows of floats of any norm; a dense sample is a row of VectorEncoder's, and contracts refuse others"

_ON_FLOATS = (
    "check_classifier_data_not_an_array",
    "check_classifiers_classes",
    "check_classifiers_one_label",
    "check_classifiers_train",
    "check_dict_unchanged",
    "check_dont_overwrite_parameters",
    "check_estimators_dtypes",
    "check_estimators_fit_returns_self",
    "check_estimators_nan_inf",
    "check_estimators_overwrite_params",
    "check_estimators_partial_fit_n_features",
    "check_estimators_pickle",
    "check_f_contiguous_array_estimator",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit2d_predict1d",
    "check_fit_check_is_fitted",
    "check_fit_idempotent",
    "check_fit_score_takes_y",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_n_features_in",
    "check_n_features_in_after_fitting",
    "check_pipeline_consistency",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_supervised_y_2d",
)
DENSE = {"check_dtype_object": NO_OBJECTS, **dict.fromkeys(_ON_FLOATS, FLOATS)}
TABLE = {"check_dtype_object": OBJECTS, "check_n_features_in_after_fitting": WIDTH}
VECTORS = {**TABLE, "check_estimators_dtypes": ZERO}

CASES = {
    "SparsePerceptron": (SparsePerceptron(), {"check_dtype_object": NO_OBJECTS}),
    "AveragedPerceptron": (AveragedPerceptron(), {"check_dtype_object": NO_OBJECTS}),
    "SparseNearestCentroid": (SparseNearestCentroid(), {"check_dtype_object": NO_OBJECTS}),
    "NaiveBayes": (NaiveBayes(), {"check_dtype_object": NO_OBJECTS, "check_decision_proba_consistency": NEGATIVE}),
    "DensePerceptron": (DensePerceptron(), DENSE),
    "NearestCentroid": (NearestCentroid(), DENSE),
    # what the dense models can't be fed by themselves is checked behind their encoder
    **{
        f"{model.__name__} behind its encoder": (
            make_pipeline(VectorEncoder(), model()),
            {
                **VECTORS,
                "check_dont_overwrite_parameters": PIPELINE,
                "check_estimators_overwrite_params": PIPELINE,
            },
        )
        for model in (DensePerceptron, NearestCentroid)
    },
    "TabularEncoder": (TabularEncoder(), TABLE),
    "VectorEncoder": (VectorEncoder(), VECTORS),
    "TextEncoder": (TextEncoder(), {}),
    "HashingEncoder": (HashingEncoder(), {}),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_scikit_learns_checks_pass_but_for_those_that_are_named(name):
    estimator, expected = CASES[name]

    results = check_estimator(estimator, expected_failed_checks=expected, on_fail=None, on_skip=None)

    failed = {one["check_name"]: one["exception"] for one in results if one["status"] == "failed"}
    assert failed == {}
    assert {one["check_name"] for one in results if one["status"] == "xfail"} == expected.keys()
    assert any(one["status"] == "passed" for one in results)
