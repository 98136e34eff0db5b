"""What a run leaves behind: a report, charts, pictures, and tables as files."""

import os
import sys
from contextlib import suppress


def _import_matplotlib() -> None:
    """Import matplotlib without the backend that a notebook asks its children for: pictures are written to files.

    It refuses to be imported where the backend isn't installed, and would take a finished run with it.
    """
    named = os.environ.pop("MPLBACKEND")
    try:
        import matplotlib as mpl

        with suppress(ValueError):
            mpl.rcParams["backend"] = named
    finally:
        os.environ["MPLBACKEND"] = named


if "MPLBACKEND" in os.environ and "matplotlib" not in sys.modules:
    _import_matplotlib()
