"""What happened, in columns: some 100 bytes per action."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from dcai.incentives.rules import Earned


class Done(NamedTuple):
    """An action: when (seconds since the start), whose, what, and its outcome.

    Attributes
    ----------
    agent, address : int
        The agent's number, and which of its addresses.
    id : int
        The contribution's; 0 where there is none.
    label, size : int
        Of the sample: the label that was given (-1: none), and bytes.
    sent, received : int
        Wei.
    reason : str
        Why it was refused.
    row, truth : int
        The row of the data set's training part that the sample comes from, and its true label; -1: none.
    """

    time: int
    agent: int
    address: int
    function: str
    id: int
    label: int = -1
    size: int = 0
    sent: int = 0
    received: int = 0
    gas: int = 0
    ok: bool = True
    reason: str = ""
    row: int = -1
    truth: int = -1


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
    """Every action, and the course of accuracy, balances, and what else agents earn.

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
        self._row, self._truth = array("q"), array("h")
        # wei may have more than 64 bits
        self._sent: list[int] = []
        self._received: list[int] = []
        self._moments: list[tuple[float, ...]] = []
        self._earned: list[dict[str, float]] = []

    def __len__(self) -> int:
        return len(self._time)

    def action(self, done: Done) -> None:
        """Keep an action."""
        self._time.append(done.time)
        self._agent.append(done.agent)
        self._address.append(done.address)
        self._function.append(self._functions(done.function))
        self._id.append(done.id)
        self._label.append(done.label)
        self._size.append(done.size)
        self._sent.append(done.sent)
        self._received.append(done.received)
        self._gas.append(done.gas)
        self._ok.append(done.ok)
        self._reason.append(self._reasons(done.reason))
        self._row.append(done.row)
        self._truth.append(done.truth)

    def moment(
        self,
        time: int,
        contributions: int,
        accuracy: float,
        recall: tuple[float, ...],
        balances: tuple[int, ...],
        earned: Sequence[Earned],
    ) -> None:
        """Keep a point of the course."""
        self._moments.append((time, contributions, accuracy, *recall, *balances))
        self._earned.append(dict(self._numbers(earned)))

    def actions(self, unit: int) -> pd.DataFrame:
        """Return every action.

        Columns: time (seconds since the start), agent, address (which of the agent's), function, id (the
        contribution's; 0 where there is none), label (-1: none), size (bytes), sent_wei, received_wei (Python
        integers), gas, ok, reason (why it was refused), row (of the data set's training part that the sample comes
        from; -1: none) and truth (its true label), sent and received (floats, in units of so many wei).
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
                "row": self._row,
                "truth": self._truth,
                "sent": _units(self._sent, unit),
                "received": _units(self._received, unit),
            }
        )

    def course(self, classes: tuple[str, ...], unit: int) -> pd.DataFrame:
        """Return the course.

        Columns: time (seconds since the start), contributions, accuracy, recall.CLASS, balance_wei.AGENT (Python
        integers), balance.AGENT (floats, in units of so many wei), and for each number that agents earn beside money,
        such as points, POINTS.AGENT (nan as long as there is none).
        """
        recalls = [f"recall.{name}" for name in classes]
        balances = [f"balance_wei.{name}" for name in self.agents]
        columns = ["time", "contributions", "accuracy", *recalls, *balances]
        course = pd.DataFrame(self._moments, columns=columns).astype(dict.fromkeys(balances, object))
        for name in self.agents:
            course[f"balance.{name}"] = _units(course[f"balance_wei.{name}"], unit)
        for thing in dict.fromkeys(thing for earned in self._earned for thing in earned):
            course[thing] = pd.Series([earned.get(thing) for earned in self._earned], dtype="float64")
        return course

    def digest(self) -> str:
        """Return a SHA-256 over what was done and measured: it is the same for runs that are the same, to the bit.

        Not over what follows from it: rows, true labels, and what was earned beside money.
        """
        digest = hashlib.sha256(repr((self.agents, *self._functions, *self._reasons)).encode())
        columns = (self._time, self._agent, self._address, self._function, self._id, self._label, self._size)
        for column in (*columns, self._gas, self._ok, self._reason):
            digest.update(column.tobytes())
        digest.update(repr((self._sent, self._received, self._moments)).encode())
        return digest.hexdigest()

    def _numbers(self, earned: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, float]]:
        for name, things in zip(self.agents, earned, strict=True):
            for thing, value in things.items():
                if isinstance(value, int | float):
                    yield f"{thing}.{name}", float(value)


def _units(wei: Sequence[int] | pd.Series, unit: int) -> pd.Series:
    return pd.Series([amount / unit for amount in wei], dtype="float64")
