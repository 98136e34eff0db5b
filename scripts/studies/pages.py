"""Pages of docs/: a template filled with the figures of a study, which are committed beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from textwrap import fill
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.markdown import Markdown

from dcai.simulation.sweep.statistics import Interval

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

DOCS = ROOT / "docs"
STUDIES = Path(__file__).parent
WIDTH = 120
_ROW = 700  # characters of a row in a file of figures

Figures = dict[str, Any]
"""What a study has measured: numbers, texts and intervals, as JSON holds them."""


@dataclass(frozen=True)
class Page:
    """A page of docs/.

    Attributes
    ----------
    name : str
        The name of its file, less the ending.
    template : str
        Path of its Jinja2 template, below scripts/studies.
    data : Path
        The file of its committed figures.
    constants : mapping of str to object
        What the template needs besides the figures, such as limits.
    """

    name: str
    template: str
    data: Path
    constants: Mapping[str, object] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The page itself."""
        return DOCS / f"{self.name}.md"

    def committed(self) -> Figures:
        """Return the committed figures."""
        return _read(self.data.read_text(encoding="utf-8"))

    def render(self, figures: Figures) -> str:
        """Return the page for some figures."""
        figures = _read(_json(figures))  # as they are once they are committed
        return _filled(_TEMPLATES.get_template(self.template).render({**self.constants, **figures, "figures": figures}))

    def write(self, figures: Figures) -> None:
        """Write figures, and the page that they make."""
        self.data.write_text(_json(figures), encoding="utf-8")
        self.file.write_text(self.render(figures), encoding="utf-8")

    def show(self, figures: Figures) -> None:
        """Print the page that figures make."""
        console, page = Console(), self.render(figures)
        if console.is_terminal:
            console.print(Markdown(page))
        else:
            print(page, end="")


def code(sets: str) -> str:
    """Return settings of an incentive as code, without the section that they are all in."""
    return f"`{sets.replace('incentive.', '')}`"


def listed(names: Iterable[str], nothing: str = "none") -> str:
    """Return names as a list in a sentence or a cell."""
    return ", ".join(names) or nothing


def _filled(page: str) -> str:
    """Return a page whose prose has lines of at most `WIDTH` characters; tables, headings and pictures stay."""
    blocks = re.split(r"\n{2,}", page.strip())
    return "\n\n".join(block if block.startswith(("#", "|", "![")) else _paragraph(block) for block in blocks) + "\n"


def _paragraph(block: str) -> str:
    """Return a paragraph or a list in lines that break at spaces outside of code."""
    whole = re.sub(r"`[^`]+`", lambda found: found[0].replace(" ", "\0"), block)
    items = re.split(r"\n(?=- )", whole)
    indents = ("  " if item.startswith("- ") else "" for item in items)
    lines = (
        fill(" ".join(item.split()), WIDTH, subsequent_indent=by, break_long_words=False, break_on_hyphens=False)
        for item, by in zip(items, indents, strict=True)
    )
    return "\n".join(lines).replace("\0", " ")


def _read(text: str) -> Figures:
    figures: Figures = json.loads(text, object_hook=_with_intervals)
    return figures


def _with_intervals(read: Figures) -> Figures | Interval:
    if read.keys() != {"mean", "half", "count"}:
        return read
    mean, half = (nan if read[name] is None else read[name] for name in ("mean", "half"))
    return Interval(mean, half, read["count"])


def _json(figures: Figures) -> str:
    """Return figures as JSON, the rows of tables on lines of their own."""

    def text(value: object, indent: str) -> str:
        line = json.dumps(value, default=Interval.as_json, ensure_ascii=False)
        if not isinstance(value, dict | list) or len(line) <= _ROW:
            return line
        if isinstance(value, dict):
            opening, closing = "{}"
            entries = [
                f"{json.dumps(str(key), ensure_ascii=False)}: {text(one, indent + ' ')}" for key, one in value.items()
            ]
        else:
            opening, closing = "[]"
            entries = [text(one, indent + " ") for one in value]
        return f"{opening}\n{indent} " + f",\n{indent} ".join(entries) + f"\n{indent}{closing}"

    return text(figures, "") + "\n"


_TEMPLATES = Environment(
    loader=FileSystemLoader(STUDIES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
_TEMPLATES.filters |= {"form": format, "code": code, "listed": listed}
