"""Every model computes its rule, integer for integer."""

from __future__ import annotations

import doctest
import importlib
from decimal import Decimal, localcontext
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcai.errors import InvalidInput
from dcai.models import DensePerceptron, NaiveBayes, NearestCentroid, SparseNearestCentroid, SparsePerceptron
from dcai.models.twins import SparsePerceptronTwin
from dcai.models.twins.log import ln_wad, log, log_products
from tests.support.model_cases import (
    ALL,
    NAMES,
    ONE_EACH,
    RULES,
    Case,
    F,
    each_case,
    each_model,
    labels_of,
    packed,
    refused,
    rows_of,
    shake,
    sparse_dict,
)
from tests.support.plain_models import EMPTY

LEAST = np.iinfo(np.int64).min


# The rule


@each_case
@pytest.mark.parametrize("seed", range(12))
def test_from_any_state_it_learns_and_scores_as_its_rule_says(case, seed):
    plain = shake(case.plain(), case, seed) if seed else case.plain()
    single, many = case.of(plain), case.of(plain)
    rows, labels = rows_of(case.model, 40, seed), labels_of(case, 40, seed)

    for row, sample, label in zip(rows, packed(single, rows), labels.tolist(), strict=True):
        scores = plain.scores(sparse_dict(row))
        assert single.scores_of(sample) == scores
        assert single.label_of(sample) == scores.index(max(scores))
        plain.learn(sparse_dict(row), label)
        single.learn(sample, label)
    many.learn_rows(many.rows(rows), labels)

    assert single.parameters() == many.parameters() == plain.parameters()
    expected = [plain.scores(sparse_dict(row)) for row in rows]
    assert single.scores(rows).tolist() == [[max(score, LEAST) for score in scores] for scores in expected]
    assert single.predict(rows).tolist() == [scores.index(max(scores)) for scores in expected]


@each_case
def test_fit_begins_anew_and_partial_fit_goes_on(case):
    rows, labels = rows_of(case.model, 60), labels_of(case, 60)
    once = case.make().fit(rows, labels)
    again = case.make().fit(rows[::-1], labels[::-1]).fit(rows, labels)
    parts = case.make().fit(rows[:30], labels[:30]).partial_fit(rows[30:], labels[30:])

    assert once.twin.parameters() == again.twin.parameters() == parts.twin.parameters()
    assert case.fitted().partial_fit(rows, labels[::-1]).twin.parameters() != once.twin.parameters()


@each_model
def test_a_fitted_model_knows_the_classes_that_have_samples_and_no_others(case):
    model = case.model(NAMES[:4]).fit(rows_of(case.model, 30), [1, 3] * 15).twin
    sample = packed(model, rows_of(case.model, 1))[0]

    assert [score == EMPTY for score in model.scores_of(sample)] == [True, False, True, False]
    assert (model.scores(rows_of(case.model, 9)) == LEAST).tolist() == [[True, False, True, False]] * 9
    assert set(model.predict(rows_of(case.model, 200)).tolist()) <= {1, 3}


@each_model
def test_without_any_sample_every_class_is_level_and_the_first_wins(case):
    model = case.of(case.plain())

    assert model.predict(rows_of(case.model, 3)).tolist() == [0, 0, 0]
    assert model.estimator().decision_function(rows_of(case.model, 3)).tolist() == [0, 0, 0]
    assert model.label_of(packed(model, rows_of(case.model, 1))[0]) == 0


def test_an_empty_class_learns_nothing_from_samples_of_others_whatever_weights_a_contract_holds_for_it():
    weights = np.zeros((600, 3), dtype=np.int8)
    weights[:, 1] = 127
    numbers = bytes([3, *(600).to_bytes(2, "big"), 3, *bytes(6)])
    model = SparsePerceptronTwin.from_parameters(numbers, bytes([128, 0, 0, 0, 128, 0]) + weights.tobytes(), NAMES[:3])
    model.learn(model.pack(range(600)), 0)

    assert model.scores_of(model.pack([0])) == [2, EMPTY, -2]
    assert set(model.weights_[1].tolist()) == {127}


@pytest.mark.parametrize("model", RULES, ids=lambda model: model.__name__)
def test_a_class_with_65535_samples_is_full(model):
    row = rows_of(model, 1)
    fitted = model(NAMES[:2]).fit(np.repeat(row, 65_540, axis=0), [1] * 65_540)
    whole = fitted.twin
    parts = model(NAMES[:2]).fit(np.repeat(row, 65_534, axis=0), [1] * 65_534).twin
    for _ in range(3):
        parts.learn(packed(parts, row)[0], 1)

    assert whole.parameters() == parts.parameters()
    assert whole.counts_.tolist() == [0, 65_535]
    assert whole.sums_[1].tolist() == (65_535 * row[0].astype(int)).tolist()
    before = whole.parameters()
    assert fitted.partial_fit(rows_of(model, 9, 5), [1] * 9).twin.parameters() == before
    assert fitted.partial_fit(row, [0]).twin.parameters() != before


@pytest.mark.parametrize("case", [case for case in ONE_EACH if case.model in (SparseNearestCentroid, NearestCentroid)])
def test_sums_that_no_samples_add_up_to_are_scored_one_by_one_or_not_at_all(case):
    plain = case.plain()
    plain.count[0], plain.sum[0, 0] = 1, 60_000 if not case.model.dense else 2**23 - 1
    model, rows = case.of(plain), rows_of(case.model, 5)

    assert [model.scores_of(s) for s in packed(model, rows)] == [plain.scores(sparse_dict(row)) for row in rows]
    with pytest.raises(InvalidInput, match="don't trust it"):
        model.scores(rows)


# Logarithms


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (1, -41446531673892822313),
        (42, -37708862055609454007),
        (10**4, -32236191301916639577),
        (10**9, -20723265836946411157),
        (2718281828459045235, 999999999999999999),
        (11723640096265400935, 2461607324344817918),
        (2**255 - 1, 135305999368893231589),
    ],
)
def test_the_logarithm_is_solady_s(x, expected):
    assert ln_wad(x) == expected


@given(st.integers(1, 254).flatmap(lambda bits: st.integers(1, 2**bits)))
def test_logarithms_are_rounded_down_to_1e_9(x):
    with localcontext() as context:
        context.prec = 60
        assert log(x) == int(Decimal(x).ln() * 10**9)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(1, 2**26 - 1) | st.just(1), min_size=1, max_size=9), min_size=1))
def test_logarithms_of_many_products_are_those_of_each(runs):
    starts = np.cumsum([0, *map(len, runs[:-1])])

    assert log_products(np.concatenate(runs), starts).tolist() == [log(prod(run)) for run in runs]


def test_logarithms_are_right_where_floats_cannot_tell_on_which_side_of_a_whole_number_they_are():
    factors = np.random.default_rng(0).integers(2**25, 2**26, (500_000, 9))
    nano = np.log(factors.astype(float).prod(axis=1)) * 1e9
    close = factors[np.abs(nano - np.rint(nano)) < 4e-5]

    assert len(close) > 20
    assert log_products(close.ravel(), np.arange(0, close.size, 9)).tolist() == [log(prod(f)) for f in close.tolist()]


# What goes to and comes from contracts


@each_case
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_parameters_and_settings_come_back_as_they_were(case, data):
    kind = case.model.twin_type
    size = kind.parameter_bytes(case.settings())
    parameters = data.draw(st.binary(min_size=size, max_size=size))

    model = kind.from_parameters(case.settings(), parameters, NAMES[: case.classes])

    assert model.parameters() == parameters
    assert model.settings() == case.settings()
    assert model.n_features == F


@each_case
def test_what_a_contract_may_change_is_in_the_slots_that_are_touched(case):
    plain = shake(case.plain(), case, 3)
    model = case.of(plain)
    for sample, label in zip(packed(model, rows_of(case.model, 40)), labels_of(case, 40).tolist(), strict=True):
        before, expected = model.parameters(), set(model.touched(sample, label))
        model.learn(sample, label)

        pairs = enumerate(zip(before, model.parameters(), strict=True), start=16)
        changed = {position // 32 for position, (old, new) in pairs if old != new}
        assert changed | {0} <= expected <= set(range(-(-(16 + len(before)) // 32)))


def test_a_sample_touches_the_slots_of_its_own_features_only():
    sparse_one = SparsePerceptron(NAMES[:2]).fit(np.eye(100), [0, 1] * 50).twin
    counting = SparseNearestCentroid(NAMES[:2], 3).fit(np.eye(100), [0, 1] * 50).twin
    dense = NearestCentroid(NAMES[:2], 2).fit(rows_of(NearestCentroid, 20, features=64), [0, 1] * 10).twin

    # behind 18 bytes, a byte a feature; behind 16 + 3 * 8, six bytes a feature; behind 16 + 2 * 8, 64 * 3 a class
    assert list(sparse_one.touched(sparse_one.pack([13, 14, 99]), 0)) == [0, 1, 3]
    assert list(counting.touched(counting.pack([0, 50]), 0)) == [0, 1, 10]
    assert list(dense.touched(dense.pack([127, *[0] * 63]), 0)) == [0, 1]
    assert list(dense.touched(dense.pack([127, *[0] * 63]), 1)) == [0, 7]


def test_gas_grows_with_what_a_sample_makes_a_contract_read():
    def gas(model, classes):
        fitted = Case(model, classes, classes).taught()
        return fitted.learn_gas(packed(fitted, rows_of(model, 1))[0])

    # one vector is read; or one for each of the classes
    assert gas(DensePerceptron, 2) == gas(NearestCentroid, 5) < gas(DensePerceptron, 4) < gas(DensePerceptron, 5)
    assert gas(SparsePerceptron, 2) == gas(NaiveBayes, 5) < gas(SparsePerceptron, 4) < gas(SparsePerceptron, 5)


@each_model
def test_it_names_its_contract(case):
    name = case.model.__name__
    several = name.replace("Perceptron", "MulticlassPerceptron")

    two, more = (case.model.twin_type(NAMES[:2], F, room) for room in (2, 3))
    assert (two.contract, more.contract) == (name, several)
    assert case.model.contracts == tuple(dict.fromkeys((name, several)))


# Explanations


@each_case
@pytest.mark.parametrize("seed", range(4))
def test_explanations_add_up_to_the_scores(case, seed):
    plain = shake(case.plain(), case, seed)
    model = case.of(plain)
    for row, sample in zip(rows_of(case.model, 10), packed(model, rows_of(case.model, 10)), strict=True):
        told = model.explain(sample)

        assert list(told.scores) == plain.scores(sparse_dict(row))
        assert told.features == tuple(sparse_dict(row))
        assert list(told.base) == plain.scores({})
        known = {}
        before = plain.scores(known)
        for feature, contribution in zip(told.features, told.contributions, strict=True):
            known[feature] = int(row[feature])
            after = plain.scores(known)
            assert [b + c for b, c in zip(before, contribution, strict=True)] == after
            before = after


# Classes


@each_model
def test_a_class_that_is_added_is_empty_until_it_has_a_sample(case):
    model, as_before = case.fitted(), case.taught()
    twin, rows = model.twin, rows_of(case.model, 20, 9)
    model.add_class("new")

    assert twin.classes == ("a", "b", "new")
    assert model.classes_.tolist() == ["a", "b", "new"]
    assert model.classes == NAMES[:2]
    assert twin.parameters() == as_before.parameters()
    assert twin.settings()[0] == 3
    assert (twin.predict(rows) == as_before.predict(rows)).all()
    sample = packed(twin, rows)[0]
    assert twin.scores_of(sample)[2] == EMPTY
    twin.learn(sample, 2)
    assert twin.scores_of(sample)[2] != EMPTY
    model.partial_fit(rows, ["new"] * 20)
    assert 2 in twin.predict(rows)
    assert "new" in model.predict(rows)
    grown = twin.from_parameters(case.settings(), twin.parameters(), twin.classes)
    assert (grown.scores(rows) == twin.scores(rows)).all()


@each_model
@pytest.mark.parametrize("name", ["a", "two\nlines", "line end\n", "", 7, None], ids=repr)
def test_a_name_that_no_new_class_may_have_is_refused(case, name):
    model = case.fitted()
    refused(lambda: model.twin.add_class(name), ["There is a class 'a' already" if name == "a" else "one line"])
    refused(lambda: model.add_class(name), ["."])

    assert model.twin.classes == tuple(model.classes_) == NAMES[:2]


def test_a_class_that_is_added_is_a_number_where_the_others_are():
    model = NaiveBayes(max_classes=3).fit(np.eye(2), [7, 5])
    model.add_class(9)

    assert (model.classes_.tolist(), model.twin.classes) == ([5, 7, 9], ("5", "7", "9"))


@each_model
def test_a_model_grows_to_the_size_that_it_is_made_for(case):
    model = case.fitted()
    model.add_class("c")
    model.add_class("d")
    refused(lambda: model.add_class("e"), ["'e'", "4 classes", "max_classes=5"])
    refused(lambda: case.model.twin_type(NAMES[:2], F).add_class("c"), ["'c'", "2 classes", "max_classes=3"])


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_its_example_runs(model):
    ran = doctest.testmod(importlib.import_module(model.__module__))

    assert (ran.failed, ran.attempted > 3) == (0, True)
