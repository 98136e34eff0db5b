"""Print the class that a shared model gives an input, and why."""

from __future__ import annotations

import json
from itertools import compress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dcai import untrusted
from dcai.cli.failing import errors_as_one_sentence
from dcai.cli.node import Node, asks
from dcai.errors import InvalidInput

if TYPE_CHECKING:
    from dcai.models.twins import Explanation
    from dcai.trainer.trainer import Trainer


@asks
def run(
    address: Annotated[str, typer.Argument(help="The address of a trainer, or its nickname on the network.")],
    input: Annotated[
        str, typer.Argument(help="A text; for a model of rows, a JSON list of its numbers: [5.1, 3.5, 1.4, 0.2].")
    ],
    node: Node,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each feature of the input contributes to each class.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: the class and all scores.")] = False,
) -> None:
    """Print the class that a shared model gives an input; it costs nothing.

    With --explain, each feature of the input has a row with what it adds to the score of each class; the most
    influential comes first. Base and features add up to the score, and the largest score wins. Scores are the
    contract's: for naive Bayes, logarithms of probabilities in units of 1e-9; for centroids, how much nearer they are
    than the origin, as squares of distances in units of 2^-32.
    """
    with errors_as_one_sentence():
        trainer = node.trainer(address)
        data = _data(trainer, input)
        explanation = trainer.explain(data) if explain else None
        scores = list(explanation.scores) if explanation else list(trainer.score(data).values())
        label = trainer.labels[scores.index(max(scores))]
        if as_json:
            answer = {"class": label, "scores": _by_class(trainer, scores)}
            if explanation is not None:
                answer |= _as_dict(trainer, explanation)
            typer.echo(json.dumps(answer, indent=2))
            return
        typer.echo(untrusted.one_line(label))
        if explanation is not None:
            _print(trainer, explanation)


def _data(trainer: Trainer, given: str) -> Any:
    encoder = trainer.encoder
    if encoder is not None and encoder.takes_texts:
        return given
    try:
        row = untrusted.parse(given.encode(errors="replace"))
    except ValueError:
        row = None
    if not isinstance(row, list):
        if trainer.inputs.unusable is not None:
            return given  # nothing encodes it, which the error explains
        wanted = "a list of features, since it has no encoder" if encoder is None else "a number for each column"
        raise InvalidInput(f"{given!r} is not a JSON list such as [1, 2]; this model takes {wanted}.")
    return row


def _by_class(trainer: Trainer, scores: Any) -> dict[str, int | None]:
    """Return scores by the names of their classes; None is that of a class without a sample yet."""
    from dcai.models.twins import EMPTY

    return {name: None if score == EMPTY else score for name, score in zip(trainer.labels, scores, strict=True)}


def _as_dict(trainer: Trainer, explanation: Explanation) -> dict[str, Any]:
    rows = zip(explanation.features, _names(explanation), explanation.contributions, strict=True)
    return {
        "base": _by_class(trainer, explanation.base),
        "features": [
            {"feature": feature, "name": name, "contributions": dict(zip(trainer.labels, terms, strict=True))}
            for feature, name, terms in rows
        ],
    }


def _print(trainer: Trainer, explanation: Explanation) -> None:
    from rich.table import Table

    from dcai.models.twins import EMPTY
    from dcai.terminal import Console
    from dcai.untrusted import one_line

    sampled = [score != EMPTY for score in explanation.scores]

    def influence(row: tuple[str, tuple[int, ...]]) -> int:
        terms = list(compress(row[1], sampled))
        return max(terms, default=0) - min(terms, default=0)

    def cells(numbers: tuple[int, ...]) -> list[str]:
        return [f"{number:,}" if there else "-" for number, there in zip(numbers, sampled, strict=True)]

    table = Table()
    table.add_column("feature", overflow="fold", max_width=40)
    for label in trainer.labels:
        table.add_column(one_line(label), justify="right", no_wrap=True)
    rows = list(zip(_names(explanation), explanation.contributions, strict=True))
    for name, terms in sorted(rows, key=influence, reverse=True):
        table.add_row(one_line(name), *cells(terms))
    table.add_section()
    table.add_row("base", *cells(explanation.base))
    table.add_row("total", *cells(explanation.scores))
    Console().show(table)
    if not all(sampled):
        typer.echo("A class with - has no sample yet and never wins.")


def _names(explanation: Explanation) -> tuple[str, ...]:
    return explanation.names or tuple(f"feature {feature}" for feature in explanation.features)
