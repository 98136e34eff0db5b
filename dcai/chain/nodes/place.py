"""What an anvil of ours needs of this machine: a folder for its socket, and an environment."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dcai.accounts.environment import without_secrets
from dcai.errors import InvalidInput

# The path of a Unix socket has 108 bytes on Linux and 104 elsewhere, the zero at its end included.
_LONGEST_PATH = 103
_LONGEST_NAME = "origin.ipc"

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class NoPlace(InvalidInput):
    """There is no folder on this machine for the socket of a local chain."""


def folder() -> Path:
    """Return a new folder for sockets: in the one for temporary files, or where its path is too long, in another.

    Raises
    ------
    NoPlace
        If there is none.
    """
    faults = []
    for parent in _parents():
        try:
            made = Path(tempfile.mkdtemp(prefix="dcai-", dir=parent))
        except OSError as error:
            faults.append(f"{parent or 'no folder for temporary files'}: {error.strerror or error}")
            continue
        if len(os.fsencode(made / _LONGEST_NAME)) <= _LONGEST_PATH:
            return made
        faults.append(f"{parent or tempfile.gettempdir()}: its path is too long for a socket")
        made.rmdir()
    raise NoPlace(
        f"A local anvil needs a folder for its socket, and there is none ({'; '.join(faults)}); let TMPDIR name one "
        "that you may write to, with a short path."
    )


def _parents() -> Iterator[str | None]:
    yield None  # as TMPDIR says
    others = (os.environ.get("XDG_RUNTIME_DIR"), "/tmp", "/var/tmp")
    yield from (other for other in others if other and Path(other).is_dir())


def environment(*, proxies: bool) -> dict[str, str]:
    """Return this process's environment for a child that asks a node on this machine, without the private key.

    Parameters
    ----------
    proxies
        Keep the proxies for nodes elsewhere; none is used for this machine.
    """
    left_out = () if proxies else (*_PROXIES, *map(str.upper, _PROXIES))
    # with ANVIL_IP_ADDR it would listen elsewhere
    kept = {
        name: value
        for name, value in without_secrets().items()
        if name not in left_out and not name.startswith("ANVIL_")
    }
    direct = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), "localhost,127.0.0.1,::1")))
    return {**kept, "NO_PROXY": direct, "no_proxy": direct}
