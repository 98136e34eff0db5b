"""Models under wrong labels: what the study measures, on data made for it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import dcai
from scripts.studies.accuracy import minorities, robustness
from scripts.studies.accuracy.measure import PAGE
from scripts.studies.accuracy.robustness import Course, copies, course, of
from scripts.studies.accuracy.tasks import Task


@pytest.fixture(scope="module")
def task():
    """Return 1,500 samples of 30 features, of which ten speak for each class and ten for neither."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 1_500)
    likely = np.full((2, 30), 0.3)
    likely[0, :10] = likely[1, 10:20] = 0.6
    rows = sparse.csr_matrix((random.random((1_500, 30)) < likely[truth]).astype(np.int8))
    nothing = ((), ())
    parts = slice(1_000), slice(1_000, None)
    present, labels = (tuple(some[part] for part in parts) for some in (rows, truth))
    return Task("made up", ("no", "yes"), present, nothing, nothing, labels, attacked=True)


def test_a_course_is_the_same_each_time_and_its_wrong_labels_are_refunded_less_often(task):
    one = course(task, dcai.NaiveBayes, 3)

    assert (one.accuracies == course(task, dcai.NaiveBayes, 3).accuracies).all()
    assert len(one.accuracies) == robustness.MEASURED
    assert 0 < one.wrong < 0.5 < one.honest < 1
    assert one.accuracies.min() > 0.8


def test_a_wrong_copy_turns_a_perceptron_and_not_an_averaged_one(task, monkeypatch):
    monkeypatch.setattr(robustness, "COPIES", 100)

    plain = np.concatenate([copies(task, dcai.SparsePerceptron, seed) for seed in range(3)])
    averaged = np.concatenate([copies(task, dcai.AveragedPerceptron, seed) for seed in range(3)])

    assert np.median(plain) <= 3
    assert np.median(averaged) == 100


def test_orders_and_victims_are_taken_together():
    courses = [Course(np.array([0.5, 0.7]), 0.8, 0.2), Course(np.array([0.6, 0.9]), 0.6, 0.4)]

    made = of("data", "model", courses, np.array([3, 1, 9]))

    assert [made.mean, made.worst, made.end] == pytest.approx([67.5, 50, 80])
    assert [made.honest, made.wrong, made.turned, made.soonest] == pytest.approx([70, 30, 3, 1])


def test_what_the_committed_figures_say_of_the_averaged_perceptron_is_so():
    rows = {(one["task"], one["model"]): one for one in PAGE.committed()["robustness"]}
    for name in ("IMDB-1000", "SMS"):
        averaged, plain = rows[name, "AveragedPerceptron"], rows[name, "SparsePerceptron"]
        assert averaged["soonest"] == robustness.COPIES > 100 > plain["turned"]
        assert averaged["wrong"] < plain["wrong"] / 2
        assert averaged["worst"] > plain["worst"] + 10


def test_a_rare_class_comes_back_less_often_to_an_averaged_perceptron(monkeypatch):
    monkeypatch.setattr(minorities, "SAMPLES", 240)
    monkeypatch.setattr(minorities, "SEEDS", range(1))
    monkeypatch.setattr(minorities, "WAITS", {"two hours": 12, "a day": 144})
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], [500, 200, 100])
    likely = np.where(np.arange(30) // 10 == np.arange(3)[:, np.newaxis], 0.5, 0.3)
    rows = sparse.csr_matrix((random.random((800, 30)) < likely[truth]).astype(np.int8))
    nothing = ((), ())
    made_up = Task("made up", ("a", "b", "c"), (rows, rows[:0]), nothing, nothing, (truth, truth[:0]), rare=True)

    found = list(minorities.minorities(made_up, [dcai.AveragedPerceptron]))

    assert [(one.start, one.wait) for one in found] == [
        ("as frequent", "two hours"),
        ("as frequent", "a day"),
        ("balanced", "two hours"),
        ("balanced", "a day"),
    ]
    assert all(0 <= one.rare < one.common <= 100 for one in found)
