"""The README tells the truth: figures and code."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import dcai
from dcai import plugins
from dcai.fitting import RECOMMENDED
from scripts.studies.accuracy import robustness
from scripts.studies.accuracy.measure import PAGE as ACCURACY

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Row of the README's table -> the figure it shows.
FIGURES = {
    "one more shared model, 100 weights": "sparse_perceptron_100.deploy",
    "contribute 15 words, the model agrees": "sparse_perceptron_100.contribute_agree",
    "the same, in the slot of a finished contribution": "sparse_perceptron_100.contribute_agree_reused",
    "contribute, the model disagrees and learns": "sparse_perceptron_100.contribute_disagree",
    "one sample in a batch of 100": "sparse_perceptron_100.batch_100",
    "refund": "sparse_perceptron_100.refund",
    "take a share of bad data's deposit": "sparse_perceptron_100.take_share",
    "one more shared model, 1,000 weights": "sparse_perceptron_1000.deploy",
    "contribute a film review (92 words on average)": "imdb_1000.contribute_mean",
}

# Model -> the figure of a contribution.
MODELS = {
    "AveragedPerceptron": "averaged_perceptron_1000.contribute_agree",
    "SparsePerceptron": "sparse_perceptron_1000.contribute_agree",
    "NaiveBayes": "naive_bayes_2x1000.contribute_agree",
    "SparseNearestCentroid": "sparse_centroid_2x1000.contribute_agree",
    "DensePerceptron": "dense_perceptron_100.contribute_agree",
    "NearestCentroid": "nearest_centroid_2x100.contribute_agree",
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


@pytest.mark.parametrize("model", MODELS)
def test_the_readme_shows_what_wrong_labels_do_to_each_model(model: str) -> None:
    shown = re.search(rf"^\| `{model}` \| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", README, re.MULTILINE)
    assert shown, f"the README has no row for {model}"
    rows = {(one["task"], one["model"]): one for one in ACCURACY.committed()["robustness"]}
    film, sms = rows["IMDB-1000", model], rows["SMS", model]
    copies = f"{robustness.COPIES:,}+" if film["turned"] == robustness.COPIES else f"{film['turned']:.0f}"
    refunds = f"{film['wrong']:.0f} · {film['honest']:.0f} %"
    assert shown.groups() == (f"{film['mean']:.1f} · {sms['mean']:.1f} %", copies, refunds)


def test_what_is_fitted_if_no_model_is_named_is_what_the_table_recommends() -> None:
    (model,) = re.findall(r"^\*\*Take `(\w+)`\*\*", README, re.MULTILINE)
    assert plugins.command_name(getattr(dcai, model)) == RECOMMENDED
    rows = [one for one in ACCURACY.committed()["robustness"] if one["task"] == "IMDB-1000"]
    assert max(rows, key=lambda one: one["turned"])["model"] == model


def test_the_vectors_of_the_page_about_models_are_fitted_as_they_stand() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    texts = [
        f"{word} {other} film" for word in ("fine", "good", "dull", "long") for other in "abcdefghijklmnopqrstuvwxyz"
    ]
    labels = ["positive"] * 52 + ["negative"] * 52
    names = {"dcai": dcai, "texts": texts, "labels": labels}
    exec(compile(block(page, "from sklearn"), "docs/models.md", "exec"), names)
    assert names["encoder"].loss_.norm_max < 0.05
    assert names["model"].score(names["encoder"].transform(texts), labels) == 1


def block(page: str, beginning: str) -> str:
    """Return the Python block that begins so."""
    found = re.search(rf"```python\n({re.escape(beginning)}.*?)```", page, re.DOTALL)
    assert found, f"there is no block that begins with {beginning!r}"
    return found[1]


def test_the_python_of_the_readme_runs_as_pasted(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    exec(compile(block(README, "import dcai"), "README.md", "exec"), names)
    chain, trainer, alice, mine = (names[name] for name in ("chain", "trainer", "alice", "mine"))
    with chain:
        assert chain.backend == "py-evm"
        assert capsys.readouterr().out == "spam\n"
        assert mine.entry.open_wei == 0

        # what follows names a node, a key and an address of the reader's
        monkeypatch.setattr(dcai, "connect", lambda url, *, account: chain)
        trainer_at = partial(dcai.attach, address=trainer.address)
        monkeypatch.setattr(dcai, "attach", lambda chain, address: trainer_at(chain))
        before = len(trainer.contributions())
        names |= {"private_key": "0x…", "messages": ["lunch at home", "win a prize"], "labels": ["ham", "spam"]}
        exec(compile(block(README, "chain = dcai.connect"), "README.md", "exec"), names)
        assert len(trainer.contributions()) == before + 2
        assert [one.entry.author for one in trainer.contributions()[before:]] == [alice] * 2
        assert len(capsys.readouterr().out.splitlines()) == 3  # the price, and why each can't be refunded yet
        exec(compile(block(README, "trainer = dcai.attach"), "README.md", "exec"), names)
        assert capsys.readouterr().out == "True\n"
