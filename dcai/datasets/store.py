"""Find the files of a data set, or download them.

The first place is the user's own folder (an argument, or the environment variable ``DCAI_DATA_DIR``). The second is the
cache in the platform's cache folder, which `get` fills.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import distribution
from pathlib import Path

from platformdirs import user_cache_path

from dcai.datasets.catalogue import RemoteFile, Source, source
from dcai.datasets.errors import DataUnavailable
from dcai.errors import InvalidInput


def get(name: str, progress: bool = True) -> Path:
    """Download a data set into the cache, unless it is there, and return its folder.

    Parameters
    ----------
    name : str
        One of `names()`. A set that scikit-learn ships needs no download.
    progress : bool
        Whether to show a progress bar on standard error.

    Raises
    ------
    InvalidInput
        If the name is unknown.
    DataUnavailable
        If the set is not published for download.
    DownloadFailed
        If the download didn't give the right file. After a lost connection the next call continues where it stopped.
    """
    row = source(name)
    if row.built_in:
        return path(name)
    if not row.files:
        raise unavailable(row)
    from dcai.datasets.download import fetch  # what downloads takes long to import

    for file in row.files:
        fetch(file, cache_folder(row), progress)
    return cache_folder(row)


def path(name: str) -> Path:
    """Return the folder that holds a data set.

    Raises
    ------
    InvalidInput
        If the name is unknown, or ``DCAI_DATA_DIR`` doesn't name a folder.
    DataUnavailable
        If the set is not on this machine.
    """
    folder = find(name)
    if folder is None:
        raise unavailable(source(name))
    return folder


def find(name: str) -> Path | None:
    """Return the folder that holds a data set, or None if it is not on this machine.

    Raises
    ------
    InvalidInput
        If the name is unknown, or ``DCAI_DATA_DIR`` doesn't name a folder.
    """
    row = source(name)
    if row.built_in:
        return Path(str(distribution("scikit-learn").locate_file("sklearn/datasets/data")))
    return local_folder(row) or cached_folder(row)


def local_folder(row: Source, data_dir: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the user's own folder if it holds the set.

    Parameters
    ----------
    row : Source
    data_dir : path, optional
        ``DCAI_DATA_DIR`` by default.

    Raises
    ------
    InvalidInput
        If the folder doesn't exist.
    """
    named = data_dir or os.environ.get("DCAI_DATA_DIR")
    if not named or not row.local_files:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {str(folder)!r} to read data from: correct or unset DCAI_DATA_DIR.")
    return folder if all((folder / name).is_file() for name in row.local_files) else None


def cached_folder(row: Source) -> Path | None:
    """Return the set's folder in the cache if all of its files are there."""
    folder = cache_folder(row)
    return folder if row.files and all((folder / file.name).is_file() for file in row.files) else None


def cache_folder(row: Source) -> Path:
    """Return the set's folder in the cache, whether or not it exists."""
    return user_cache_path("dcai") / row.name


def read_verified(file: RemoteFile, folder: Path) -> bytes:
    """Read a cached file and verify the checksum of exactly the bytes that are returned.

    Raises
    ------
    DataUnavailable
        If the file has changed since it was downloaded.
    """
    content = (folder / file.name).read_bytes()
    algorithm, expected = file.checksum.split(":")
    if hashlib.new(algorithm, content).hexdigest() != expected:
        raise DataUnavailable(
            f"{folder / file.name} is not the published file ({file.checksum}); "
            f"`dcai data get {folder.name}` replaces it."
        )
    return content


def unavailable(row: Source) -> DataUnavailable:
    """Return the error that says how to get a set that is not on this machine."""
    if row.files:
        way_out = f"`dcai data get {row.name}` downloads it"
    else:
        way_out = f"it has no download, so put {', '.join(row.local_files)} into the folder that DCAI_DATA_DIR names"
    return DataUnavailable(f"The data set {row.name!r} is not on this machine: {way_out}.")
