"""Fit a model on a data set or a CSV file, and write it to a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer
from rich.table import Table

from dcai.chain.nodes.anvil import AnvilFails, find_anvil
from dcai.cli.failing import errors_as_one_sentence, tell
from dcai.cli.reading import read
from dcai.cli.values import path_option
from dcai.cli.writing import check_file
from dcai.datasets.dataset import Dataset
from dcai.encoders import VectorEncoder
from dcai.errors import InvalidInput, NodeError
from dcai.files import is_standard_output
from dcai.fitting import RECOMMENDED, Accuracy, Fitted, Recipe, became, first, fit, fitting, measure, models
from dcai.incentives import DepositRefundTake
from dcai.models import save
from dcai.terminal import Console
from dcai.trainer.cost import try_out
from dcai.untrusted import one_line, shortened


def run(
    data: Annotated[
        str, typer.Argument(help="A data set that `dcai data list` shows, or a file with a header: .csv or .csv.gz.")
    ],
    output: Annotated[Path, path_option("--output", "-o", help="Write the model to this file.")],
    model: Annotated[str, typer.Option(help=f"One of {', '.join(models())}.")] = RECOMMENDED,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Of texts: text (frequent words) or hashing (all words). Of tables: table (bins and categories), or "
            "vector (numbers at unit norm) for dense-perceptron and nearest-centroid. If left out, the first that fits "
            "is chosen."
        ),
    ] = None,
    features: Annotated[
        int | None, typer.Option(help="Features of a text: words for text (1,000 if left out), hashes for hashing.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of the classes in a CSV file; label if left out.")] = None,
    text: Annotated[str | None, typer.Option(help="Column of the texts in a CSV file; text if left out.")] = None,
    max_classes: Annotated[
        int | None, typer.Option(help="How many classes there may ever be; as many as in the data if left out.")
    ] = None,
    smoothing: Annotated[float | None, typer.Option(help="Of naive-bayes, 0.001 to 65.535; 1.0 if left out.")] = None,
    initial: Annotated[
        int | None, typer.Option(help="Use only the first rows, as many as this; others can contribute the rest.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Fit a model and write it to a file, with the encoder that makes its features.

    Each row is learnt once, in order, as the contract would learn it; the rows of a CSV file in a random order, which
    is always the same, since files are often sorted by class. The features of a CSV file are its column of texts if it
    has one, otherwise the bins of its columns of numbers and the categories of its columns of texts, with a feature for
    missing values where there are any. Each column is shown with what has become of it, or why it is left out.

    Accuracy is measured on the test part of the data, which the model does not learn. A CSV file has no test part: a
    random fifth of each class is held out, another model is fitted on the others and measured on it, and the one that
    is written has learnt all rows.
    """
    with errors_as_one_sentence():
        check_file(output)
        if output.exists() and Path(data).exists() and output.samefile(data):
            raise InvalidInput(f"{output} holds the data: write the model to another file.")
        find_anvil()  # a wrong DCAI_ANVIL is refused before anything is fitted
        recipe = Recipe(model, encoder, features, max_classes, smoothing)
        with Console(stderr=True).status(f"Fitting on {data} …"):
            dataset = read(data, label, text, recipe.kind)
            recipe = recipe.for_data(dataset)
            dataset = fitting(recipe, dataset)
            if initial is not None:
                dataset = first(dataset, initial)
            fitted = fit(recipe, dataset)
            accuracy = measure(recipe, dataset, fitted)
            gas = _gas(fitted, output.stem)
        # the model stands alone there
        elsewhere = is_standard_output(output)
        save(output, fitted.model, fitted.encoder)
        if as_json:
            told = json.dumps(_as_dict(output, dataset, recipe, fitted, accuracy, gas), indent=2)
            typer.echo(told, err=elsewhere)
        else:
            Console(stderr=elsewhere).show(_table(output, dataset, recipe, fitted, accuracy, gas))
            _warn(accuracy)


def _gas(fitted: Fitted, name: str) -> int | None:
    """Return the gas of a deployment; None where this machine can't try one out, which takes no model along."""
    try:
        return try_out(fitted.model.twin, DepositRefundTake(), fitted.encoder, name).trainer_gas
    except (AnvilFails, NodeError) as error:
        tell(f"The gas of a deployment isn't known. {error}")
        return None


def _as_dict(
    output: Path, dataset: Dataset, recipe: Recipe, fitted: Fitted, accuracy: Accuracy | None, deploy_gas: int | None
) -> dict[str, object]:
    encoder, model = fitted.encoder, fitted.model
    return {
        "path": str(output),
        "data": dataset.name,
        "model": recipe.model,
        "encoder": recipe.encoder,
        "rows": fitted.rows,
        "rows_without_features": fitted.left_out,
        "classes": list(model.twin.classes),
        "columns": None if dataset.feature_names is None else list(dataset.feature_names),
        "columns_became": became(fitted, dataset),
        "columns_left_out": dict(dataset.left_out),
        "constant_columns": list(fitted.constant),
        "features": encoder.n_features_,
        "accuracy": None
        if accuracy is None
        else {
            "share": accuracy.share,
            "rows": accuracy.rows,
            "of": "20% of each class, by a model of the others" if accuracy.held_out else "the test part",
            "classes_not_learnt": list(accuracy.unseen),
            "classes_not_tested": list(accuracy.untested),
        },
        "recall": None if accuracy is None else accuracy.recall,
        "low_recall": [] if accuracy is None else list(accuracy.low_recall),
        "quantisation_loss": encoder.loss_._asdict() if isinstance(encoder, VectorEncoder) else None,
        "parameter_bytes": len(model.twin.parameters()),
        "deploy_gas": deploy_gas,
    }


def _table(
    output: Path, dataset: Dataset, recipe: Recipe, fitted: Fitted, accuracy: Accuracy | None, deploy_gas: int | None
) -> Table:
    encoder, model = fitted.encoder, fitted.model
    left_out = f"; {fitted.left_out:,} without a feature are left out" if fitted.left_out else ""
    rows = {
        "model": recipe.model,
        "rows": f"{fitted.rows:,}{left_out}",
        "classes": _listed(model.twin.classes),
        "features": f"{encoder.n_features_:,} of the encoder {recipe.encoder}",
    }
    if dataset.feature_names is not None:
        rows["columns"] = _listed(dataset.feature_names)
    rows |= {f"column {shortened(name)}": what for name, what in became(fitted, dataset).items()}
    if fitted.constant:
        rows["constant columns"] = f"{_listed(fitted.constant)}; the same in all rows, so nothing is learnt from them"
    rows["accuracy"] = _accuracy(accuracy)
    if accuracy is not None:
        rows["recall"] = _shortened(", ".join(f"{name} {share:.1%}" for name, share in accuracy.recall.items()))
        if accuracy.untested:
            why = "a class of one row is only learnt" if accuracy.held_out else "the test part has no row of them"
            rows["recall not known"] = f"{_listed(accuracy.untested)}; {why}"
        if accuracy.low_recall:
            who = "this class" if len(accuracy.low_recall) == 1 else "these classes"
            rows["low recall"] = (
                f"{_listed(accuracy.low_recall)}: honest contributors of {who} will often lose their deposit; "
                "docs/models.md says what helps"
            )
    if isinstance(encoder, VectorEncoder):
        loss = encoder.loss_
        rows["lost by rounding"] = (
            f"{loss.cosine_mean:.4f} of a cosine on average, {loss.cosine_max:.4f} at most; {loss.norm_mean:.4f} of a "
            f"norm, {loss.norm_max:.4f} at most"
        )
    rows["parameters"] = f"{len(model.twin.parameters()):,} bytes"
    rows["gas to deploy"] = "not known" if deploy_gas is None else f"about {deploy_gas:,}"
    table = Table(title=f"Written to {output}", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, one_line(value))
    return table


def _warn(accuracy: Accuracy | None) -> None:
    if accuracy is not None and accuracy.unseen:
        typer.echo(
            f"The accuracy is that on rows with classes that the model hasn't learnt: {_listed(accuracy.unseen)}.",
            err=True,
        )


def _accuracy(accuracy: Accuracy | None) -> str:
    if accuracy is None:
        return "not measured: there are fewer than five rows, or one per class"
    if accuracy.held_out:
        return f"{accuracy.share:.1%} on {accuracy.rows:,} rows, a fifth of each class, by a model of the others"
    return f"{accuracy.share:.1%} on the {accuracy.rows:,} rows of the test part"


def _listed(names: Sequence[str]) -> str:
    return f"{len(names)}: {_shortened(', '.join(names))}"


def _shortened(text: str) -> str:
    return shorten(text, 200, placeholder=" …")
