"""Tables, progress and questions in a terminal: printable, whoever wrote them, and never cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import rich.console
from rich.measure import Measurement
from rich.progress import Progress, ProgressColumn
from rich.segment import Segment
from rich.status import Status
from rich.table import Table
from rich.text import Text

from dcai.printing import Printable
from dcai.untrusted import printable

# Columns that fold need this much in any case.
_FOLDED = 10
_UNBOUNDED = 10_000


class Console(rich.console.Console):
    """A terminal, or what takes its place, with nothing in the texts that it shows that steers it.

    Texts are taken as they are: brackets and colons have no meaning.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    @property  # type: ignore[misc]  # nothing sets it
    def file(self) -> IO[str]:
        """Where it writes to: colours and the movements of a progress bar aren't a stranger's."""
        found = super().file
        return found.stream if isinstance(found, Printable) else found

    @property
    def encoding(self) -> str:
        """What the characters are encoded in, by which frames of tables are chosen."""
        return (getattr(self.file, "encoding", None) or "utf-8").lower()

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text as it is shown."""
        return super().render_str(printable(text), **options)

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        """Yield the parts of what is shown, whatever it is made of."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)

    def status(self, status: Any, **options: Any) -> Status:
        """Show what is being done for as long as it takes."""
        spinner = "line" if self.options.ascii_only else "dots"
        return super().status(Text(printable(status)), **{"spinner": spinner, **options})

    def show(self, table: Table) -> None:
        """Print a table; what doesn't fold, numbers and addresses, is never cut, however narrow the terminal is."""
        wide = self.options.update(max_width=_UNBOUNDED)
        needed = Measurement.get(self, wide, table).maximum
        for column in table.columns:
            column.no_wrap = column.no_wrap or column.overflow != "fold"
            if not column.no_wrap:
                cells = [Measurement.get(self, wide, cell) for cell in (column.header, *column.cells)]
                # words up to that length aren't broken
                least = min(max(cell.minimum for cell in cells), _FOLDED)
                needed -= max(cell.maximum for cell in cells) - least
        # what is wider than the terminal goes on in its next line
        Console(stderr=self.stderr, width=max(self.width, needed)).print(table)


def progress(*columns: str | ProgressColumn, shown: bool = True) -> Progress:
    """Return a progress bar on standard error."""
    # what is printed meanwhile isn't taken for rich's, which would let links through
    return Progress(
        *columns, console=Console(stderr=True), disable=not shown, redirect_stdout=False, redirect_stderr=False
    )
