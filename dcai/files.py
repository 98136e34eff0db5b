"""Files: read whole, and written whole or not at all, where they are: through links, with the mode that they had."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

MOST = 2**26
"""Bytes of a file that is read whole."""

_ALL = 0o666
_OWNER = 0o600


def write(path: str | os.PathLike[str], content: str | bytes, *, private: bool = False) -> None:
    """Write a file.

    One that is there keeps its mode, and is replaced in one step or stays as it was. A link stays a link. A pipe or a
    character device, /dev/stdout for example, is written into, and so is a file with several names.

    Parameters
    ----------
    path
    content
        Text is written as UTF-8.
    private
        Whether only the owner may read it, whatever its mode was.

    Raises
    ------
    OSError
        If it can't be written: see `check`.
    """
    data = content.encode() if isinstance(content, str) else content
    there = check(path)
    target = os.path.realpath(path)
    if there is None or _is_replaced(there, target):
        _replace(target, data, there, private=private)
    else:
        _write_into(path, data, there, private=private)


def read(path: str | os.PathLike[str]) -> bytes:
    """Return what a file holds, or gives, if it is a pipe.

    Raises
    ------
    OSError
        If it can't be read, or is larger than 64 MiB, as devices without an end are.
    """
    with Path(path).open("rb") as file:
        data = file.read(MOST + 1)
    if len(data) > MOST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


@contextmanager
def written(path: str | os.PathLike[str]) -> Iterator[BytesIO]:
    """Collect the bytes of a file, and write it when all are there: see `write`."""
    collected = BytesIO()
    yield collected
    write(path, collected.getvalue())


def check(path: str | os.PathLike[str]) -> os.stat_result | None:
    """Look whether a file can be written; return what is there, if anything.

    Raises
    ------
    OSError
        If there is a folder, a block device or a socket, a file that may not be written, or no folder to write it to.
    """
    target = os.path.realpath(path)
    try:
        there = os.stat(path)
    except FileNotFoundError:
        os.stat(os.path.dirname(target))
        return None
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if _descriptor(there) is None:
        if stat.S_ISBLK(there.st_mode) or stat.S_ISSOCK(there.st_mode):
            raise OSError(errno.EINVAL, "It is a block device or a socket", str(path))
        # the administrator may write everything, and means no more than anybody to write what is read-only
        if not there.st_mode & 0o222 or not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return there


def is_standard_output(path: str | os.PathLike[str]) -> bool:
    """Tell whether what is written to a path is standard output."""
    try:
        return _descriptor(os.stat(path)) == 1
    except OSError:
        return False


def _descriptor(there: os.stat_result) -> int | None:
    """Return the number of the standard output or error that a file is, or None."""
    for number in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), there):
                return number
    return None


def _is_replaced(there: os.stat_result, target: str) -> bool:
    """Tell whether another file can take the place of one without anybody missing it."""
    with suppress(OSError):
        plain = stat.S_ISREG(there.st_mode) and there.st_nlink == 1 and _descriptor(there) is None
        same = os.path.samestat(os.stat(target), there)  # not of a file that was deleted and is still open
        return plain and same and os.access(os.path.dirname(target), os.W_OK | os.X_OK)
    return False


def _replace(target: str, data: bytes, there: os.stat_result | None, *, private: bool) -> None:
    part = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.part")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER if private else _ALL)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        if there is not None:
            with suppress(PermissionError):
                os.chown(part, there.st_uid, there.st_gid)
            os.chmod(part, _OWNER if private else stat.S_IMODE(there.st_mode))
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise


def _write_into(path: str | os.PathLike[str], data: bytes, there: os.stat_result, *, private: bool) -> None:
    standard = _descriptor(there)
    if standard is not None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()  # what was printed before comes before
        with os.fdopen(os.dup(standard), "wb") as file:
            file.write(data)
        return
    is_file = stat.S_ISREG(there.st_mode)
    with Path(path).open("r+b" if is_file else "wb") as file:
        if is_file and private:
            os.chmod(path, _OWNER)
        file.write(data)
        if is_file:
            file.truncate()
