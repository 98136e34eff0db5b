"""Where a command writes to: checked before it begins, and reported if writing fails all the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dcai import files
from dcai.errors import DcaiError, InvalidInput


def check_file(file: Path) -> None:
    """Check that a file can be written where it is to be.

    Raises
    ------
    InvalidInput
        If it can't.
    """
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder; name a file.")
    folder = os.path.dirname(os.path.realpath(file))
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise InvalidInput(f"{folder} is not a folder, and so can't hold {file.name}; name another place.")
    if not os.path.isdir(folder):
        raise InvalidInput(f"There is no folder {folder} to write {file.name} to; make it first.")
    try:
        files.check(file)
    except OSError as error:
        raise InvalidInput(f"{file} can't be written: {error.strerror}; name another file.") from None


def check_picture(plot: Path) -> None:
    """Check that a picture can be written to a file.

    Raises
    ------
    InvalidInput
        If it can't, or not in that format.
    """
    if plot.suffix not in (".png", ".svg", ".pdf"):
        raise InvalidInput(f"A picture is written as .png, .svg or .pdf, not as {plot.name}.")
    check_file(plot)


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder that can be written to, if it is not there; what was made and stays empty is removed in the end.

    Raises
    ------
    InvalidInput
        If it can't be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder} can't be made a folder to write to: {error.strerror}; name another.") from None
    try:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise InvalidInput(f"{folder} is a folder that you may not write to; name another.")
        yield
    finally:
        for one in missing:
            with suppress(OSError):  # it holds something
                one.rmdir()


def failure_of(draw: Callable[[], None], plot: Path) -> DcaiError | None:
    """Draw a picture; return what went wrong, if anything, for the end: first comes what has been found out."""
    try:
        with failures_told(plot):
            draw()
    except DcaiError as error:
        return error
    except Exception as error:  # of a library that draws, on a machine that we don't know
        return DcaiError(f"{plot} can't be drawn: {type(error).__name__}: {error}.")
    return None


@contextmanager
def failures_told(place: Path) -> Iterator[None]:
    """Turn the system's error about a file that can't be written, such as a full disk, into a sentence."""
    try:
        yield
    except OSError as error:
        raise DcaiError(f"{place} can't be written: {error.strerror or error}.") from error
