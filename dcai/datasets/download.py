"""Download one published file: with a progress bar, resumed after a lost connection, verified before it is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

import pooch
import requests
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from dcai import terminal
from dcai.datasets.catalogue import RemoteFile
from dcai.datasets.errors import DownloadFailed

ATTEMPTS = 5
WAIT = wait_exponential(multiplier=0.5, max=8)  # seconds between attempts
TIMEOUT = 30  # seconds without a byte
CHUNK = 1 << 13  # bytes; a lost connection loses at most this much

LOST_CONNECTION = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)

# The progress bar shows what pooch would log.
pooch.get_logger().setLevel("WARNING")


def fetch(file: RemoteFile, folder: Path, progress: bool) -> Path:
    """Return the path of `file` in `folder`; download it unless it is there with the right checksum.

    ``NAME.part`` holds the incomplete file, and a later call continues from there.

    Raises
    ------
    DownloadFailed
        If the connection was lost `ATTEMPTS` times (``NAME.part`` remains), the server refused, the file has the wrong
        checksum (nothing remains), or the folder can't be written.
    """
    part = folder / f"{file.name}.part"
    downloader = partial(_download, part=part, size=file.size, progress=progress)
    try:
        return Path(pooch.retrieve(file.url, file.checksum, file.name, folder, downloader=downloader))
    except requests.HTTPError as error:
        raise DownloadFailed(f"'{file.name}' was not downloaded: {error}.") from error
    except LOST_CONNECTION as error:
        have = part.stat().st_size if part.exists() else 0
        raise DownloadFailed(
            f"The connection to {file.url} failed {ATTEMPTS} times; run the same command again to "
            f"continue from byte {have:,} of {file.size:,}."
        ) from error
    except OSError as error:
        raise DownloadFailed(f"'{file.name}' can't be downloaded to {folder}: {error}.") from error
    except ValueError as error:  # how pooch reports a wrong checksum
        raise DownloadFailed(
            f"The file from {file.url} is not the published '{file.name}' ({file.checksum}). "
            f"It was deleted; try again later."
        ) from error


def _download(url: str, output: str, _pooch: object, *, part: Path, size: int, progress: bool) -> None:
    """Be pooch's downloader: complete `part`, then move it to `output`, which pooch verifies (or removes)."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    speed = (TransferSpeedColumn(), TimeRemainingColumn())
    with terminal.progress(*columns, *speed, shown=progress) as bar:
        task = bar.add_task(part.stem, total=size)
        for attempt in Retrying(
            retry=retry_if_exception_type(LOST_CONNECTION),
            stop=stop_after_attempt(ATTEMPTS),
            wait=WAIT,
            reraise=True,
        ):
            with attempt:
                _complete(url, part, size, lambda have: bar.update(task, completed=have))
    os.replace(part, output)


def _complete(url: str, part: Path, size: int, report: Callable[[int], None]) -> None:
    """Fetch what `part` lacks, or everything from a server that can't resume downloads."""
    have = part.stat().st_size if part.exists() else 0
    if have == size:
        return
    # "identity": a range of a compressed response would count other bytes.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
            raise requests.ConnectionError(f"{url} has fewer than the {have} bytes in {part}")
        response.raise_for_status()
        continued = response.status_code == HTTPStatus.PARTIAL_CONTENT
        with part.open("ab" if continued else "wb") as file:
            for chunk in response.iter_content(CHUNK):
                file.write(chunk)
                report(file.tell())
