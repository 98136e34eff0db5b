"""Named real data sets and their cache; only `get` downloads anything.

>>> from dcai import datasets
>>> datasets.load("iris").labels
('setosa', 'versicolor', 'virginica')
"""

from dcai.datasets.catalogue import RemoteFile, Source, names, source
from dcai.datasets.dataset import Dataset
from dcai.datasets.errors import DataUnavailable, DownloadFailed
from dcai.datasets.loading import load
from dcai.datasets.store import find, get, path

__all__ = [
    "DataUnavailable",
    "Dataset",
    "DownloadFailed",
    "RemoteFile",
    "Source",
    "find",
    "get",
    "load",
    "names",
    "path",
    "source",
]
