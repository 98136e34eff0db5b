"""The log of a contract, read in parts that the node accepts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from dcai.chain.receipts import Log, logs_of
from dcai.errors import NodeError, NodeUnreachable

# Parts in a row that a node accepts before a larger one is tried: where it is refused, that costs one request in so
# many.
_STEADY = 16

# A part that takes less doesn't need to be reported.
_QUIET_SECONDS = 1

# How a refusal names the blocks that it would accept: as a range, or their number.
_RANGES = (
    re.compile(r"(0x[0-9a-f]{1,16})\W{1,5}(?:to |and )?(0x[0-9a-f]{1,16})", re.IGNORECASE),
    re.compile(r"(?<![\dx.])(\d{1,12})\s?(?:-|to|,|\.\.)\s?(\d{1,12})(?![\d,])"),
)
_NUMBER = re.compile(r"(?<![\w.])(\d{1,3}(?:[,_]\d{3})+|\d{1,12})\s?(k?)\b", re.IGNORECASE)
_LONGEST = 1_000


class Part(NamedTuple):
    """A part of a log: the entries of the blocks from one to another."""

    first: int
    last: int
    logs: tuple[Log, ...]


class LogReader:
    """Reads logs, and remembers how many blocks the node accepts at once.

    Parameters
    ----------
    ask
        Sends a request and returns its result.
    """

    def __init__(self, ask: Callable[[str, Sequence[object]], Any]) -> None:
        self._ask = ask
        self._span: int | None = None  # as many as there are
        self._steady = 0

    def parts(self, address: str, first: int, last: int) -> Iterator[Part]:
        """Yield the parts of a contract's log between two blocks, the latest first.

        Whatever order and whatever else a node answers in, these are the contract's entries, each once.

        Raises
        ------
        NodeError
            If the node refuses a single block, too.
        """
        while first <= last:
            start = first if self._span is None else max(first, last - self._span + 1)
            query = {"address": address, "fromBlock": hex(start), "toBlock": hex(last)}
            try:
                entries = self._ask("eth_getLogs", [query])
            except NodeUnreachable:
                raise
            except NodeError as refusal:
                if start == last:
                    raise
                self._narrow(last - start + 1, str(refusal))
                continue
            asked = (
                log for log in set(logs_of(entries)) if log.address == address and start <= log.block_number <= last
            )
            yield Part(start, last, tuple(sorted(asked, key=lambda log: (log.block_number, log.index))))
            self._widen()
            last = start - 1

    def _narrow(self, refused: int, message: str) -> None:
        self._span = accepted(message, refused) or refused // 2
        self._steady = 0

    def _widen(self) -> None:
        self._steady += 1
        if self._span is not None and self._steady == _STEADY:
            self._span *= 2
            self._steady = 0


def accepted(message: str, refused: int) -> int | None:
    """Return how many blocks a refusal says that the node accepts, or None where it doesn't say so.

    Parameters
    ----------
    refused
        How many were asked for.
    """
    message = message[:_LONGEST]
    spans = [int(last, 0) - int(first, 0) + 1 for pattern in _RANGES for first, last in pattern.findall(message)]
    if "result" not in message.lower():
        spans += [
            int(re.sub("[,_]", "", digits)) * (1_000 if thousands else 1)
            for digits, thousands in _NUMBER.findall(message)
        ]
    # the message may name what was asked for, too
    return max((span for span in spans if 0 < span <= refused // 2), default=None)


def shown(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield parts, and show in a terminal, on standard error, how far they are, if it takes a while."""
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    from dcai import terminal

    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    bar = terminal.progress(*columns, shown=terminal.Console(stderr=True).is_terminal)
    task, start, entries = bar.add_task(""), time.monotonic(), 0
    try:
        for part in parts:
            yield part
            entries += len(part.logs)
            bar.update(task, description=f"Reading the log back from block {part.first:,}: {entries:,} entries")
            if not bar.live.is_started and time.monotonic() - start > _QUIET_SECONDS:
                bar.start()
    finally:
        bar.stop()
