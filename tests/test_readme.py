"""What the README says is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import dcai

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Row of the README's table -> the figure it shows.
FIGURES = {
    "one more shared model, 100 weights": "sparse_perceptron_100.deploy",
    "contribute 15 words, the model agrees": "sparse_perceptron_100.contribute_agree",
    "the same, in the slot of a finished contribution": "sparse_perceptron_100.contribute_agree_reused",
    "contribute, the model disagrees and learns": "sparse_perceptron_100.contribute_disagree",
    "a sample, in a batch of 100": "sparse_perceptron_100.batch_100",
    "refund": "sparse_perceptron_100.refund",
    "take a share of bad data's deposit": "sparse_perceptron_100.take_share",
    "one more shared model, 1,000 weights": "sparse_perceptron_1000.deploy",
    "contribute a film review (92 words on average)": "imdb_1000.contribute_mean",
}

# Model -> the figure of a contribution.
MODELS = {
    "SparsePerceptron": "sparse_perceptron_1000.contribute_agree",
    "NaiveBayes": "naive_bayes_2x1000.contribute_agree",
    "SparseNearestCentroid": "sparse_centroid_2x1000.contribute_agree",
    "DensePerceptron": "dense_perceptron_100.contribute_agree",
    "NearestCentroid": "nearest_centroid_2x100.contribute_agree",
}

TEXTS = {
    "ham": (
        "are we still on for lunch",
        "see you at home after lunch",
        "lunch tomorrow are you free",
        "we are at home",
    ),
    "spam": ("free entry text win now", "claim your prize text now", "you win a free prize claim", "free entry to win"),
}


@pytest.mark.parametrize("row", FIGURES)
def test_the_readme_shows_the_committed_figure(row: str) -> None:
    found = re.search(rf"^\| {re.escape(row)} \|.*\| ([\d,]+) \|$", README, re.MULTILINE)
    assert found, f"the README has no row {row!r}"
    committed = json.loads((ROOT / "gas.json").read_text())[FIGURES[row]]
    assert int(found[1].replace(",", "")) == committed


@pytest.mark.parametrize("model", MODELS)
def test_the_readme_shows_what_each_model_costs_and_how_often_it_is_right(model: str) -> None:
    found = re.search(rf"^\| `{model}` \|.*\| ([\d,]+) \| ([\d.]+) · ([\d.]+) · ([\d.]+) % \|$", README, re.MULTILINE)
    assert found, f"the README has no row for {model}"
    assert int(found[1].replace(",", "")) == json.loads((ROOT / "gas.json").read_text())[MODELS[model]]
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    for data, shown in zip(("IMDB-1000", "SMS", "digits"), found.groups()[1:], strict=True):
        measured = re.search(rf"^\| {data} \| {model} \| ([\d.]+) \|", page, re.MULTILINE)
        assert measured, f"docs/accuracy.md has no row for {model} on {data}"
        assert shown == f"{float(measured[1]):.1f}"


def test_the_vectors_of_the_page_about_models_are_fitted_as_they_stand() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(from sklearn.*?)```", page, re.DOTALL)
    assert block
    texts = [
        f"{word} {other} film" for word in ("fine", "good", "dull", "long") for other in "abcdefghijklmnopqrstuvwxyz"
    ]
    labels = ["positive"] * 52 + ["negative"] * 52
    names = {"dcai": dcai, "texts": texts, "labels": labels}
    exec(compile(block[1], "docs/models.md", "exec"), names)
    assert names["encoder"].loss_.norm_max < 0.05
    assert names["model"].score(names["encoder"].transform(texts), [1] * 52 + [0] * 52) == 1


def test_the_ten_lines_run_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(import dcai.*?)```", README, re.DOTALL)
    assert block
    pairs = [(text, label) for label, texts in TEXTS.items() for text in texts]
    names = {"texts": [text for text, _ in pairs], "labels": [label for _, label in pairs]}
    exec(compile(block[1], "README.md", "exec"), names)
    with names["chain"]:
        trainer = names["trainer"]
        assert trainer.predict("Free entry! Text WIN to claim your prize") == "spam"
        assert names["mine"].entry.open_wei == 0
        assert dcai.attach(names["chain"], trainer.address).audit().ok
