"""Load a data set by its name, from any of its places on this machine."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import BadZipFile

from dcai.datasets import imdb, sms, store, weight_lifting
from dcai.datasets.builtin import load_builtin
from dcai.datasets.catalogue import source
from dcai.datasets.dataset import Dataset
from dcai.datasets.errors import DataUnavailable

LOCAL_READERS: dict[str, Callable[[Path], Dataset]] = {
    "imdb": imdb.from_folder,
    "sms": sms.from_folder,
    "weight-lifting": weight_lifting.from_folder,
}
PUBLISHED_READERS: dict[str, Callable[[Mapping[str, bytes]], Dataset]] = {
    "imdb": imdb.from_published,
    "sms": sms.from_published,
}


def load(name: str, data_dir: str | os.PathLike[str] | None = None) -> Dataset:
    """Load a data set from this machine; this never downloads anything.

    Parameters
    ----------
    name : str
        One of `names()`.
    data_dir : path, optional
        A folder that may hold the set and takes precedence over the cache; ``DCAI_DATA_DIR`` by default.

    Returns
    -------
    Dataset
        The same rows in the same order on every machine.

    Raises
    ------
    InvalidInput
        If the name is unknown, or the folder doesn't exist.
    DataUnavailable
        If the set is not on this machine, or one of its files is damaged; the message says what to do.
    """
    row = source(name)
    if row.built_in:
        return load_builtin(row)
    if folder := store.local_folder(row, data_dir):
        try:
            return LOCAL_READERS[name](folder)
        except (OSError, EOFError, ValueError, KeyError, IndexError, BadZipFile, zlib.error) as error:
            raise DataUnavailable(
                f"{' or '.join(row.local_files)} in {folder} is damaged and can't be read as {name!r}; replace it."
            ) from error
    folder = store.cached_folder(row)
    if folder is None:
        raise store.unavailable(row)
    return PUBLISHED_READERS[name]({file.name: store.read_verified(file, folder) for file in row.files})
