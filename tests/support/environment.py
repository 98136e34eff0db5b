"""An environment that holds the installed packages that one of ours requires, and no others."""

from __future__ import annotations

import sysconfig
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement


def create(folder: Path, requirements: Iterable[str]) -> Path:
    """Create a virtual environment, link what is required into it, and return its folder of packages.

    Nothing is downloaded or copied: the packages are those that the tests run with.
    """
    venv.create(folder)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    for found in _required(requirements):
        for file in found.files or ():
            if ".." in file.parts:  # a command
                continue
            link = packages / file
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():  # several bring the same stray file
                link.symlink_to(file.locate())
    return packages


def _required(requirements: Iterable[str]) -> Iterator[Distribution]:
    """Yield each distribution that is required directly or by another one, in a version that is accepted."""
    waiting, known = [(line, "") for line in requirements], set()
    while waiting:
        line, extra = waiting.pop()
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        found = distribution(wanted.name)
        assert wanted.specifier.contains(found.version, prereleases=True), f"{line}: {found.version} is installed"
        if (found.name, "") not in known:
            yield found
        for one in {"", *wanted.extras} - {extra for name, extra in known if name == found.name}:
            known.add((found.name, one))
            waiting += [(more, one) for more in found.requires or ()]
