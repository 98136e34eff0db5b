"""Model files, and what deploys them."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import dcai
from dcai.cli import app

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
