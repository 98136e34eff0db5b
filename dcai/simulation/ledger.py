"""The trainer's log as it grows, with the twin that learns what the contract learns."""

from __future__ import annotations

from collections import deque

from dcai.chain.codec import Event
from dcai.models.twins import Twin
from dcai.trainer.log import Entry, History

_RECENT = 256


class Ledger:
    """Keeps the open contributions and the last one of each slot; nothing is left of those before.

    Parameters
    ----------
    history : History
        The trainer's log so far.
    twin : Twin
        Which has learnt it.
    now : int
        Seconds since 1970.

    Attributes
    ----------
    recent : deque of Entry
        The latest contributions, open or not.
    free : list of int
        Slots of finished records, which can be used again.
    """

    def __init__(self, history: History, twin: Twin, now: int) -> None:
        self.history, self.twin = history, twin
        history.learnt.clear()
        self.recent: deque[Entry] = deque(maxlen=_RECENT)
        self._at_slot = {entry.slot: entry.id for entry in history.entries.values()}
        last = [history.entries[number] for number in self._at_slot.values()]
        self.free = [entry.slot for entry in last if entry.is_free(now)]
        self._answers: dict[bytes, int] = {}

    def label_of(self, sample: bytes) -> int:
        """Return what the contract answers about a sample."""
        label = self._answers.get(sample)
        if label is None:
            label = self._answers[sample] = self.twin.label_of(sample)
        return label

    def extend(self, event: Event, number: int, now: int) -> Entry | None:
        """Add an event of a block of that time.

        Parameters
        ----------
        event
        number
            The contribution that it is about; 0 for none.
        now
            Seconds since 1970.

        Returns
        -------
        Entry or None
            The contribution, where it is known.
        """
        self.history.extend([event], {event.block_number: now})
        entry = self.history.entries.get(number)
        if self.history.learnt:
            for sample, label in self.history.learnt:
                self.twin.learn(sample, label)
            self.history.learnt.clear()
            self._answers.clear()
            if entry is not None:
                self._keep(entry)
        if entry is not None and entry.is_free(now):
            self.free.append(entry.slot)
        return entry

    def _keep(self, entry: Entry) -> None:
        self.recent.append(entry)
        former = self._at_slot.get(entry.slot)
        if former is not None:
            del self.history.entries[former]
        self._at_slot[entry.slot] = entry.id
