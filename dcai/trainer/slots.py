"""Slots of finished contributions, which the next ones use again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

NEW = 0
"""Stands for a slot that no contribution has had."""


class Slots:
    """Slots of a trainer at which nothing can be claimed any more: changing one costs 17,100 gas less than a new one.

    What this process knows of them: those of its own claims, and those that were looked for in the log
    (`Trainer.find_slots`). It does no harm if somebody else takes a slot first: the contract never overwrites a
    live record. Threads can share it.
    """

    def __init__(self) -> None:
        self._free: list[int] = []
        self._taken: set[int] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._free)

    def __repr__(self) -> str:
        return f"<Slots: {len(self)} to use again>"

    def add(self, slot: int) -> None:
        """Remember a slot whose contribution is finished."""
        with self._lock:
            if slot not in self._free:
                self._free.append(slot)

    def replace(self, slots: Iterable[int]) -> None:
        """Forget all, and remember these, but for those that contributions on their way have taken."""
        found = list(slots)
        with self._lock:
            self._free = [slot for slot in found if slot not in self._taken]

    def next(self, count: int = 1) -> list[int]:
        """Return the slots that the next contributions would use, each once; `NEW` where none is left."""
        with self._lock:
            known = self._free[: -count - 1 : -1]
        return known + [NEW] * (count - len(known))

    @contextmanager
    def taken(self) -> Iterator[int]:
        """Take a slot, or `NEW` where there is none; it is given back where the contribution fails."""
        with self._lock:
            slot = self._free.pop() if self._free else NEW
            self._taken.add(slot)
        try:
            yield slot
        except BaseException:
            if slot != NEW:
                self.add(slot)
            raise
        finally:
            with self._lock:
                self._taken.discard(slot)
