"""How a command fails: with one sentence, and no traceback."""

from __future__ import annotations

import errno
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer

from dcai import plugins
from dcai.encoders.codings.coding import NoEmbedding
from dcai.errors import AnvilUnusable, DcaiError, InvalidInput
from dcai.untrusted import printable

# what shells say of a command that a signal ended
_SIGNALLED = 128


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what was begun ends as after Ctrl-C, children and workers included."""


def end_when_terminated() -> None:
    """Raise `Terminated` when SIGTERM comes, unless the caller ignores it."""

    def end(*_: object) -> None:
        raise Terminated("Terminated.")

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, end)


@contextmanager
def errors_as_one_sentence() -> Iterator[None]:
    """Turn an error of ours into its sentence on standard error.

    Exits with 2 for bad input, 1 for other errors, 130 for Ctrl-C and 143 for SIGTERM.
    """
    try:
        yield
    except NoEmbedding as error:
        tell(
            "The encoder of this model needs a function, its embedding, so that only Python can ask it: "
            "dcai.attach(chain, address, embed=…)."
        )
        raise typer.Exit(2) from error
    except DcaiError as error:
        tell(error)
        raise typer.Exit(2 if isinstance(error, InvalidInput) else 1) from error
    except KeyboardInterrupt as stop:
        tell(str(stop) or "Interrupted.")
        raise typer.Exit(_SIGNALLED + (signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)) from stop


@contextmanager
def broken_plugins_as_one_sentence() -> Iterator[None]:
    """Report with one sentence on standard error what can't be used, a plugin or an anvil, and go on."""
    with warnings.catch_warnings():
        shown = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any) -> None:
            if issubclass(category, plugins.BrokenPlugin | AnvilUnusable):
                tell(message)
            else:
                shown(message, category, *where)

        warnings.simplefilter("always", plugins.BrokenPlugin)
        warnings.simplefilter("always", AnvilUnusable)
        warnings.showwarning = show  # type: ignore[assignment]  # its parameters have names that `where` collects
        yield


@contextmanager
def full_output_as_one_sentence() -> Iterator[None]:
    """Turn the system's error about output that can't be written, such as on a full disk, into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
            raise
        tell(f"The output can't be written: {error.strerror}.")
        with suppress(OSError):
            sys.stdout.close()  # else Python tries once more, and says so
        raise SystemExit(1) from error


def tell(message: object) -> None:
    """Write a sentence to standard error; it may quote a stranger."""
    typer.echo(printable(str(message)), err=True)
