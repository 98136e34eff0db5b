"""Data and model files, and what fits and deploys them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import dcai
from dcai.cli import app
from dcai.datasets import store

HELLO, OFFER = "are we still on for lunch", "win a free prize now"


@pytest.fixture(scope="module")
def spam(tmp_path_factory):
    """Return a model file of two classes of texts."""
    encoder = dcai.TextEncoder().fit([HELLO, OFFER])
    model = dcai.NaiveBayes(classes=("ham", "spam")).fit(encoder.transform([HELLO, OFFER]), [0, 1])
    path = tmp_path_factory.mktemp("models") / "spam.json"
    dcai.save(path, model, encoder)
    return path


@pytest.fixture(scope="module")
def iris(tmp_path_factory):
    """Return a model file for rows of three classes, as the command line makes it."""
    path = tmp_path_factory.mktemp("models") / "iris.json"
    done = CliRunner().invoke(app, ["fit", "iris", "--model", "nearest-centroid", "-o", str(path)])
    assert done.exit_code == 0
    return path


@pytest.fixture
def deployed(run):
    """Return a function that deploys a model file, and returns the address."""

    def deploy(path, *options):
        result = run("deploy", path, "--yes", *options)
        assert result.exit_code == 0, result.stderr
        return result.stdout.removesuffix("\n")

    return deploy


TEXTS = [("ham", "see you at lunch"), ("spam", "win a prize now")] * 10
ROWS = [("no", "1.5", "10", "ann"), ("yes", "-2", "11", "bob"), ("no", "1", "12", "eve"), ("yes", "-3.5", "10", "joe")]


@pytest.fixture
def no_data(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "user_cache_path", lambda _: tmp_path / "cache")
    monkeypatch.delenv("DCAI_DATA_DIR", raising=False)


@pytest.fixture
def fit(tmp_path):
    """Return a function that runs the command, with model.json to write."""

    def run(data, *options):
        output = ["-o", str(tmp_path / "model.json")]
        return CliRunner().invoke(app, ["fit", str(data), *output, *map(str, options)], terminal_width=100)

    return run


@pytest.fixture
def fitted(fit, tmp_path):
    """Return a function that runs the command, and returns what it printed as JSON, the model and the encoder."""

    def run(data, *options):
        result = fit(data, *options, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout), *dcai.load(tmp_path / "model.json")

    return run


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a CSV file."""

    def write(header, rows, name="data.csv"):
        path = tmp_path / name
        path.write_text("".join(",".join(cells) + "\n" for cells in (header, *rows)), encoding="utf-8")
        return path

    return write


@pytest.fixture
def texts(file):
    return file(("label", "text"), TEXTS)


@pytest.fixture
def rows(file):
    return file(("label", "a", "b", "who"), ROWS)
