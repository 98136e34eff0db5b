"""Errors of named data sets."""

from __future__ import annotations

from dcai.errors import DcaiError


class DataUnavailable(DcaiError):
    """The data set is not on this machine, or its files are damaged; the message says how to get them."""


class DownloadFailed(DcaiError):
    """A download didn't give the right file; no file has the final name."""
