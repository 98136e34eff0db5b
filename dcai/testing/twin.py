"""The conformance checks of a twin alone: as a scikit-learn classifier, and as a holder of a contract's parameters."""

from __future__ import annotations

import json
import pickle
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from dcai.chain import Chain
from dcai.errors import InvalidInput
from dcai.models import Model, load, save
from dcai.models.twins import EMPTY, NO_SCORE, Twin
from dcai.testing.pair import naming, refusing
from dcai.testing.samples import Samples
from dcai.testing.subject import Subject

_FEATURES = 21
_SAMPLES = 12


def the_constructor_stores_parameters_untouched(subject: Subject, chain: Chain) -> None:
    """Keep scikit-learn's rule, on which its clone, pipelines and searches are built."""
    model = subject.model
    given = model.get_params(deep=False)
    assert {"classes", "max_classes"} <= given.keys(), "its parameters lack classes or max_classes"
    for name, value in type(model)(**given).get_params(deep=False).items():
        assert value is given[name], f"{name} is another object after the constructor"
    for name, value in clone(model).get_params(deep=False).items():
        assert value == given[name], f"{name} of a clone is {value!r}, not {given[name]!r}"
    fitted = subject.fitted(subject.samples(_FEATURES, subject.random()))
    assert fitted.get_params(deep=False) == given, "fit changes the parameters of the constructor"


def a_model_that_is_not_fitted_says_so(subject: Subject, chain: Chain) -> None:
    """Raise NotFittedError, also from a clone of a fitted model."""
    samples = subject.samples(_FEATURES, subject.random())
    rows = samples.rows([samples.features()])
    for model in (clone(subject.model), clone(subject.fitted(samples))):
        for question in ("predict", "decision_function"):
            with refusing(f"{question} before fit", NotFittedError):
                getattr(model, question)(rows)
        with refusing("its twin before fit", NotFittedError):
            _ = model.twin


def the_same_data_give_the_same_model(subject: Subject, chain: Chain) -> None:
    """Fit twice, again, by class name, and pickle and copy: the models are equal, and the data unchanged."""
    samples, rows, labels = _lesson(subject)
    before = rows.copy()
    expected = clone(subject.model).fit(rows, labels).twin.parameters()
    names = [subject.names[label] for label in labels]
    fitted = clone(subject.model).fit(rows, labels)
    same = {
        "another one": clone(subject.model).fit(rows, labels),
        "one that was fitted before": subject.fitted(samples).fit(rows, labels),
        "one that gets labels by name": clone(subject.model).fit(rows, names),
        "a pickled one": pickle.loads(pickle.dumps(fitted)),
        "a copied one": deepcopy(fitted),
    }
    for name, model in same.items():
        assert model.twin.parameters() == expected, f"{name} has other parameters"
    assert (rows == before).all(), "fit changes the rows that it is given"
    assert fitted.n_features_in_ == rows.shape[1], "n_features_in_ isn't the number of columns"


def rows_and_samples_are_learnt_and_scored_alike(subject: Subject, chain: Chain) -> None:
    """Compare scikit-learn's methods on rows with those on packed samples."""
    samples, rows, labels = _lesson(subject)
    features = [samples.features() for _ in range(_SAMPLES)]
    for name, start in subject.starts(samples):
        with naming(name):
            by_rows, by_samples = deepcopy(start), deepcopy(start)
            by_rows.learn_rows(by_rows.rows(samples.rows(features)), np.array(labels))
            for one, label in zip(features, labels, strict=True):
                by_samples.learn(by_samples.pack(one), label)
            assert by_rows.parameters() == by_samples.parameters(), "learn_rows and learn learn differently"
            _compare_answers(by_rows, samples, features)
    for label in (len(subject.names), -1):
        with refusing(f"label {label}", InvalidInput):
            clone(subject.model).fit(rows[:1], [label])
    with refusing("an unknown class", InvalidInput):
        clone(subject.model).fit(rows[:1], ["no such class"])
    with refusing("fewer labels than rows", InvalidInput):
        clone(subject.model).fit(rows, labels[1:])


def _compare_answers(model: Twin, samples: Samples, features: list[Any]) -> None:
    rows = samples.rows(features)
    packed = [model.pack(one) for one in features]
    expected = [model.scores_of(sample) for sample in packed]
    scores = model.scores(rows)
    told = [[NO_SCORE if score == EMPTY else score for score in row] for row in expected]
    assert scores.dtype == np.int64, f"scores are {scores.dtype}, not int64"
    assert scores.tolist() == told, f"scores gives {scores.tolist()}, scores_of {told}"
    labels = [model.label_of(sample) for sample in packed]
    assert model.predict(rows).tolist() == labels, f"predict gives {model.predict(rows).tolist()}, label_of {labels}"
    highest = [row.index(max(row)) for row in expected]
    assert labels == highest, f"label_of gives {labels}, the highest scores are those of {highest}"
    _compare_estimator(model.estimator(), rows, scores, labels)


def _compare_estimator(model: Model, rows: Any, scores: Any, labels: list[int]) -> None:
    names = [model.classes_.tolist()[label] for label in labels]
    assert model.predict(rows).tolist() == names, f"the model predicts {model.predict(rows).tolist()}, not {names}"
    assert model.score(rows, names) == 1.0, "the accuracy on what the model itself predicts isn't 1"
    decided = model.decision_function(rows)
    if scores.shape[1] != 2:
        assert decided.tolist() == scores.tolist(), "decision_function of several classes isn't their scores"
    else:
        assert decided.shape == (len(rows),), f"decision_function of two classes has the shape {decided.shape}"
        ones = (decided > 0).astype(int).tolist()
        assert ones == labels, f"decision_function is above 0 for {ones}, predicted are {labels}"


def settings_and_parameters_come_back(subject: Subject, chain: Chain) -> None:
    """Compare a model with what from_parameters makes of it; parameters of another length are refused."""
    samples = subject.samples(_FEATURES, subject.random())
    for name, model in subject.starts(samples):
        kind = type(model)
        with naming(name):
            settings, parameters = model.settings(), model.parameters()
            assert len(settings) == 10, f"the settings have {len(settings)} bytes, not 10"
            size = kind.parameter_bytes(settings)
            assert len(parameters) == size, f"there are {len(parameters)} bytes of parameters, not {size}"
            again = kind.from_parameters(settings, parameters, tuple(model.classes))
            assert again.parameters() == parameters, "other parameters come back"
            assert again.settings() == settings, "other settings come back"
            assert again.contract == model.contract, "another contract comes back"
            assert tuple(again.classes) == tuple(model.classes), "other classes come back"
            for wrong in (parameters[:-1], parameters + b"\0", b""):
                with refusing(f"{len(wrong)} bytes of parameters for {size}", InvalidInput):
                    kind.from_parameters(settings, wrong, tuple(model.classes))


def a_model_file_comes_back(subject: Subject, chain: Chain) -> None:
    """Load what save wrote, and refuse a file that was tampered with."""
    samples = subject.samples(_FEATURES, subject.random())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        for name, model in subject.starts(samples):
            with naming(name):
                save(path, model.estimator())
                loaded, encoder = load(path)
                again = loaded.twin
                assert type(again) is type(model), f"a {type(again).__name__} comes back"
                assert again.parameters() == model.parameters(), "other parameters come back"
                assert again.settings() == model.settings(), "other settings come back"
                assert tuple(again.classes) == tuple(model.classes), "other classes come back"
                assert encoder is None, "an encoder comes back, and there was none"
        good = path.read_text()
        for what, wrong in _tampered(json.loads(good)):
            path.write_text(json.dumps(wrong))
            with refusing(f"a file with {what}", InvalidInput):
                load(path)


def _tampered(data: dict[str, Any]) -> list[tuple[str, Any]]:
    state = data["state"]
    wrong = [
        ("another version", {**data, "version": data["version"] + 1}),
        ("another format", {**data, "format": "other"}),
        ("too many classes", {**data, "max_classes": 256}),
        ("one class", {**data, "classes": data["classes"][:1]}),
        ("no state", {key: value for key, value in data.items() if key != "state"}),
    ]
    for name in state:
        for told, value in (("out of range", 2**63), ("below its range", -(2**63)), ("that isn't whole", 0.5)):
            wrong.append((f"a number in {name} {told}", {**data, "state": {**state, name: _first(state[name], value)}}))
        wrong.append((f"{name} cut off", {**data, "state": {**state, name: state[name][:-1]}}))
        wrong.append((f"no {name}", {**data, "state": {key: state[key] for key in state if key != name}}))
    return wrong


def _first(values: object, value: object) -> Any:
    """Return nested lists with another first number."""
    return [_first(values[0], value), *values[1:]] if isinstance(values, list) else value


def explanations_add_up(subject: Subject, chain: Chain) -> None:
    """Compare base and contributions with the score, to the unit."""
    samples = subject.samples(_FEATURES, subject.random())
    for name, model in subject.starts(samples):
        for _ in range(_SAMPLES):
            sample = model.pack(samples.features())
            with naming(f"{name}, sample 0x{sample.hex()}"):
                told = model.explain(sample)
                expected = model.scores_of(sample)
                assert list(told.scores) == expected, f"it explains the scores {told.scores}, which are {expected}"
                assert len(told.contributions) == len(told.features), "there isn't one row of contributions per feature"
                columns = np.array(told.contributions, dtype=object).reshape(-1, len(expected)).T.tolist()
                for base, column, score in zip(told.base, columns, expected, strict=True):
                    found = base + sum(column)
                    assert found == score, f"base and contributions are {found}, the score is {score}"
                known = set(range(model.n_features)).intersection(told.features)
                assert list(told.features) == sorted(known), f"the features {told.features} aren't known or don't rise"


def invalid_samples_are_refused_by_the_twin(subject: Subject, chain: Chain) -> None:
    """Refuse invalid samples before anybody pays for them, and pack valid ones as contracts read them."""
    random = subject.random()
    for n_features in (1, 2, _FEATURES):
        samples = subject.samples(n_features, random)
        model = subject.fitted(samples).twin
        with naming(f"{n_features} features"):
            for _ in range(_SAMPLES):
                features = samples.features()
                sample = model.pack(features)
                assert sample == samples.packed(features), f"{features} are packed as 0x{sample.hex()}"
                assert model.unpack(sample).tolist() == features.tolist(), f"0x{sample.hex()} isn't unpacked again"
                assert model.size_of(sample) >= 1, f"0x{sample.hex()} has no size"
            before = model.parameters()
            for what, wrong in samples.wrong_features().items():
                with refusing(f"{what} ({wrong!r})", InvalidInput):
                    model.pack(wrong)
            for what, wrong_sample in samples.wrong_bytes().items():
                for question in (model.unpack, model.scores_of, model.label_of, model.explain):
                    with refusing(f"a sample {what} (0x{wrong_sample.hex()})", InvalidInput):
                        question(wrong_sample)
                with refusing(f"learning a sample {what} (0x{wrong_sample.hex()})", InvalidInput):
                    model.learn(wrong_sample, 0)
            for label in (-1, len(model.classes)):
                with refusing(f"learning label {label}", InvalidInput):
                    model.learn(sample, label)
            assert model.parameters() == before, "what is refused changes the parameters"


def _lesson(subject: Subject) -> tuple[Samples, Any, list[int]]:
    samples = subject.samples(_FEATURES, subject.random())
    rows = samples.rows([samples.features() for _ in range(_SAMPLES)])
    labels = samples.random.integers(len(subject.names), size=_SAMPLES).tolist()
    return samples, rows, labels
