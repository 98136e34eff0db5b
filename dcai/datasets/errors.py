"""What can go wrong with a data set that is known by name."""

from __future__ import annotations

from dcai.errors import DcaiError


class DataUnavailable(DcaiError):
    """The data set is not on this machine, or its files cannot be used: the text says how to get them."""


class DownloadFailed(DcaiError):
    """A download did not end with the right file; nothing stands under the file's final name."""
