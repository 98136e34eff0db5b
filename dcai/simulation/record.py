"""The record of a run, `result.json`, which tells whether a run that was made of it again is the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from dcai import files, untrusted
from dcai.simulation.result import Result
from dcai.untrusted import shortened

_CHANGING = ("rules", "contract", "implementation")
_OTHERS = ("dcai", "python", "numpy", "scikit_learn", "node", "hardfork")


@dataclass(frozen=True)
class Record:
    """What a record holds, beside what happened.

    Attributes
    ----------
    name : str
        The file's.
    told : mapping
    """

    name: str
    told: Mapping[str, Any]

    @classmethod
    def of(cls, file: Path) -> Self | None:
        """Return the record that a file is; None if it is not one, or can't be read."""
        try:
            told = untrusted.parse(files.read(file)) if file.suffix == ".json" else None
        except (OSError, ValueError):  # whoever reads the scenario in it says so
            return None
        return cls(str(file), told) if isinstance(told, dict) and "digest" in told else None

    def compared(self, result: Result) -> str:
        """Return a sentence that says whether a run is the same as the recorded one, and in what they differ."""
        now = result.summary()
        causes = [*self._causes(now, _CHANGING)]
        if self.told["digest"] == now["digest"]:
            beside = f", though these differ: {'; '.join(causes)}" if causes else ""
            return f"The same run as that of {self.name}: its digest is {now['digest']}, too{beside}."
        causes += self._versions(now, _OTHERS)
        told = "; ".join(causes) or "nothing in the record explains it"
        digest = f"Its digest is {now['digest']}, and was {shortened(self.told['digest'])}."
        return f"The run differs from that of {self.name}: {told}. {digest}"

    def _causes(self, now: Mapping[str, Any], versions: tuple[str, ...]) -> Iterator[str]:
        """Yield what differs of that which a digest depends on."""
        if now["data_sha256"] != self.told.get("data_sha256"):
            yield f"data (data_sha256 is {now['data_sha256']}, and was {shortened(self.told.get('data_sha256'))})"
        before = self.told.get("scenario")
        if now["scenario"] != before:
            former = before if isinstance(before, dict) else {}
            keys = [
                key
                for key in sorted(now["scenario"].keys() | former.keys())
                if former.get(key) != now["scenario"].get(key)
            ]
            yield f"scenario ({', '.join(keys)})"
        yield from self._versions(now, versions)

    def _versions(self, now: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
        before = self.told.get("versions")
        for name in names:
            former = before.get(name) if isinstance(before, dict) else None
            if now["versions"][name] != former:
                yield f"{name} ({now['versions'][name]}, and was {former if former is None else shortened(former)})"
