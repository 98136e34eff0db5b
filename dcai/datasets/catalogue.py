"""The catalogue of data sets: what each is, where it is published, and the checksums of its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dcai.errors import InvalidInput
from dcai.untrusted import shortened


@dataclass(frozen=True)
class RemoteFile:
    """One published file.

    Attributes
    ----------
    name : str
        Its name in the cache.
    url : str
    size : int
        Bytes.
    checksum : str
        ``"sha256:…"`` or ``"md5:…"`` in hexadecimal.
    """

    name: str
    url: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Source:
    """An entry of the catalogue.

    Attributes
    ----------
    name, title, description, licence, citation : str
    kind : {"text", "table"}
        What its inputs are: see `Dataset`.
    publisher : str
        The organisation or package that publishes or ships the files.
    built_in : bool
        Whether scikit-learn ships it, so that it needs no download.
    files : tuple of RemoteFile
        What `get` downloads, the data itself first; empty for a set without a download.
    local_files : tuple of str
        Files that hold the same set in the user's own folder (``DCAI_DATA_DIR``).
    """

    name: str
    title: str
    description: str
    publisher: str
    licence: str
    citation: str
    kind: Literal["text", "table"] = "table"
    built_in: bool = False
    files: tuple[RemoteFile, ...] = ()
    local_files: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to download; 0 for a set without a download."""
        return sum(file.size for file in self.files)

    @property
    def urls(self) -> tuple[str, ...]:
        """Addresses of the files; empty for a set without a download."""
        return tuple(file.url for file in self.files)

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the data file (the first one) in hexadecimal; None for a set without a download."""
        return self.files[0].checksum.removeprefix("sha256:") if self.files else None


_KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"

SOURCES = {
    row.name: row
    for row in (
        Source(
            name="breast-cancer",
            title="Breast Cancer Wisconsin (Diagnostic)",
            description="569 tumours by 30 measurements",
            kind="table",
            publisher="scikit-learn",
            licence="CC BY 4.0",
            citation="Wolberg, Mangasarian and Street, UCI Machine Learning Repository, 1995, doi:10.24432/C5DW2B",
            built_in=True,
        ),
        Source(
            name="digits",
            title="Optical Recognition of Handwritten Digits",
            description="1,797 images of 8 by 8 pixels",
            kind="table",
            publisher="scikit-learn",
            licence="CC BY 4.0",
            citation="Alpaydin and Kaynak, UCI Machine Learning Repository, 1998, doi:10.24432/C50P49",
            built_in=True,
        ),
        Source(
            name="iris",
            title="Iris",
            description="150 flowers by 4 measurements",
            kind="table",
            publisher="scikit-learn",
            licence="CC BY 4.0",
            citation="Fisher, UCI Machine Learning Repository, 1936, doi:10.24432/C56C76",
            built_in=True,
        ),
        Source(
            name="wine",
            title="Wine Recognition",
            description="178 wines by 13 measurements",
            kind="table",
            publisher="scikit-learn",
            licence="CC BY 4.0",
            citation="Aeberhard and Forina, UCI Machine Learning Repository, 1992, doi:10.24432/C5PC7J",
            built_in=True,
        ),
        Source(
            name="imdb",
            title="Large Movie Review Dataset, as Keras publishes it",
            description="50,000 film reviews",
            kind="text",
            publisher="Keras",
            licence="none stated",
            citation="Maas, Daly, Pham, Huang, Ng and Potts, Learning Word Vectors for Sentiment Analysis, ACL 2011",
            files=(
                RemoteFile(
                    name="imdb.npz",
                    url=f"{_KERAS}/imdb.npz",
                    size=17_464_789,
                    checksum="sha256:69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
                ),
                RemoteFile(
                    name="imdb_word_index.json",
                    url=f"{_KERAS}/imdb_word_index.json",
                    size=1_641_221,
                    # Keras publishes no other checksum of this file. No practical attack makes a second file with the
                    # MD5 of a given one, and this file is only ever parsed as JSON.
                    checksum="md5:bfafd718b763782e994055a2d397834f",
                ),
            ),
            local_files=("imdb_keras_top10000.npz", "imdb_words_top10000.txt.gz"),
        ),
        Source(
            name="sms",
            title="SMS Spam Collection",
            description="5,171 text messages",
            kind="text",
            publisher="UCI",
            licence="CC BY 4.0",
            citation="Almeida, Hidalgo and Yamakami, Contributions to the Study of SMS Spam Filtering: New Collection "
            "and Results, DocEng 2011, doi:10.24432/C5CC84",
            files=(
                RemoteFile(
                    name="sms_spam_collection.zip",
                    url="https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
                    size=203_415,
                    checksum="sha256:1587ea43e58e82b14ff1f5425c88e17f8496bfcdb67a583dbff9eefaf9963ce3",
                ),
            ),
            local_files=("sms_spam.csv.gz",),
        ),
        Source(
            name="weight-lifting",
            title="Weight Lifting Exercises",
            description="19,622 rows of 52 sensor readings",
            kind="table",
            publisher="PUC-Rio",
            licence="CC BY-SA",
            citation="Velloso, Bulling, Gellersen, Ugulino and Fuks, Qualitative Activity Recognition of Weight "
            "Lifting Exercises, Augmented Human 2013",
            local_files=("weight_lifting_har.csv.gz",),
        ),
    )
}


def names() -> tuple[str, ...]:
    """Names of all data sets."""
    return tuple(SOURCES)


def source(name: str) -> Source:
    """Return the catalogue's entry for a data set.

    Raises
    ------
    InvalidInput
        If the name is unknown.
    """
    if name not in SOURCES:
        raise InvalidInput(f"There is no data set {shortened(name)}: choose one of {', '.join(SOURCES)}.")
    return SOURCES[name]
