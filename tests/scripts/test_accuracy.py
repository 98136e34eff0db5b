"""Models that are trained through their contracts are as accurate as those of scikit-learn."""

from functools import cache

import pytest

import dcai
from dcai.chain.nodes.anvil import find_anvil
from dcai.datasets import DataUnavailable
from scripts.studies.accuracy.measure import (
    COUNTERPARTS,
    OTHER_RULES,
    TOLERANCE,
    Result,
    result,
    scikit_predictions,
    trained_by_contract,
)
from scripts.studies.accuracy.tasks import digits, samples, sms

needs_anvil = pytest.mark.skipif(find_anvil() is None, reason="thousands of samples need anvil, which is not installed")


@cache
def task_of(load):
    """Return a data set; skip the test if it isn't on this machine."""
    try:
        return load()
    except DataUnavailable as error:
        pytest.skip(str(error))


# In these the rule of learning and the arithmetic are the same to the last bit.
EQUAL = [(digits, dcai.SparsePerceptron), (digits, dcai.DensePerceptron), (sms, dcai.DensePerceptron)]
CLOSE = [
    (load, kind)
    for load in (digits, sms)
    for kind in COUNTERPARTS
    if (load, kind) not in EQUAL and kind.__name__ not in OTHER_RULES
]


@needs_anvil
@pytest.mark.parametrize(("load", "kind"), EQUAL)
def test_a_perceptron_that_its_contract_trained_predicts_what_the_one_of_scikit_learn_does(load, kind, chain):
    task = task_of(load)
    rows = samples(task, kind)

    model = trained_by_contract(task, kind, chain)

    assert (model.predict(rows[1]) == scikit_predictions(COUNTERPARTS[kind](), rows, task.labels[0])).all()


@needs_anvil
@pytest.mark.parametrize(("load", "kind"), CLOSE)
@pytest.mark.filterwarnings("ignore:.*within_class_std_dev_")
def test_a_model_that_its_contract_trained_is_as_accurate_as_the_one_of_scikit_learn(load, kind, chain):
    measured = result(task_of(load), kind, chain)

    assert measured.ours == pytest.approx(measured.scikit, abs=TOLERANCE)


@pytest.mark.parametrize(("ours", "missed"), [(90.5, False), (89.5, False), (90.51, True), (89.49, True)])
def test_a_result_is_missed_beyond_the_tolerance_on_either_side(ours, missed):
    assert Result("digits", "NaiveBayes", ours, 90.0, None).missed is missed
