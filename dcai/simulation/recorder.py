"""What happened, in columns: some 80 bytes per action."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator

import pandas as pd


class Names:
    """Numbers for words that repeat."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, word: str) -> int:
        """Return the number of a word."""
        return self._numbers.setdefault(word, len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        """Iterate over the words in the order of their numbers."""
        return iter(self._numbers)


class Recorder:
    """Every action, and the course of accuracy and balances.

    Parameters
    ----------
    agents : sequence of str
        Their names.
    """

    def __init__(self, agents: tuple[str, ...]) -> None:
        self.agents = agents
        self._functions, self._reasons = Names(), Names()
        self._reasons("")
        self._time, self._gas, self._id = array("q"), array("q"), array("q")
        self._agent, self._address, self._label, self._size = array("H"), array("H"), array("h"), array("i")
        self._function, self._reason, self._ok = array("B"), array("H"), array("B")
        # wei may have more than 64 bits
        self._sent: list[int] = []
        self._received: list[int] = []
        self._moments: list[tuple[float, ...]] = []

    def __len__(self) -> int:
        return len(self._time)

    def action(
        self,
        time: int,
        agent: int,
        address: int,
        function: str,
        number: int,
        label: int,
        size: int,
        sent: int,
        received: int,
        gas: int,
        ok: bool,
        reason: str,
    ) -> None:
        """Keep an action: when, whose, what, and its outcome."""
        self._time.append(time)
        self._agent.append(agent)
        self._address.append(address)
        self._function.append(self._functions(function))
        self._id.append(number)
        self._label.append(label)
        self._size.append(size)
        self._sent.append(sent)
        self._received.append(received)
        self._gas.append(gas)
        self._ok.append(ok)
        self._reason.append(self._reasons(reason))

    def moment(
        self, time: int, contributions: int, accuracy: float, recall: tuple[float, ...], balances: tuple[int, ...]
    ) -> None:
        """Keep a point of the course."""
        self._moments.append((time, contributions, accuracy, *recall, *balances))

    def actions(self) -> pd.DataFrame:
        """Return every action.

        Columns: time (seconds since the start), agent, address (which of the agent's), function, id (the
        contribution's; 0 where there is none), label (-1: none), size (bytes), sent_wei, received_wei (Python
        integers), gas, ok, reason (why it was refused).
        """
        return pd.DataFrame(
            {
                "time": self._time,
                "agent": pd.Categorical.from_codes(self._agent, categories=list(self.agents)),
                "address": self._address,
                "function": pd.Categorical.from_codes(self._function, categories=list(self._functions)),
                "id": self._id,
                "label": self._label,
                "size": self._size,
                "sent_wei": pd.Series(self._sent, dtype=object),
                "received_wei": pd.Series(self._received, dtype=object),
                "gas": self._gas,
                "ok": pd.Series(self._ok, dtype="uint8").astype(bool),
                "reason": pd.Categorical.from_codes(self._reason, categories=list(self._reasons)),
            }
        )

    def course(self, classes: tuple[str, ...]) -> pd.DataFrame:
        """Return the course: time (seconds since the start), contributions, accuracy, recalls of classes, balances."""
        recalls = [f"recall.{name}" for name in classes]
        balances = [f"balance_wei.{name}" for name in self.agents]
        columns = ["time", "contributions", "accuracy", *recalls, *balances]
        course = pd.DataFrame(self._moments, columns=columns)
        return course.astype(dict.fromkeys(balances, object))

    def digest(self) -> str:
        """Return a SHA-256 over everything that is kept: it is the same for runs that are the same, to the bit."""
        digest = hashlib.sha256(repr((self.agents, *self._functions, *self._reasons)).encode())
        columns = (self._time, self._agent, self._address, self._function, self._id, self._label, self._size)
        for column in (*columns, self._gas, self._ok, self._reason):
            digest.update(column.tobytes())
        digest.update(repr((self._sent, self._received, self._moments)).encode())
        return digest.hexdigest()
