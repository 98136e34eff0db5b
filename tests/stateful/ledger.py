"""Payments in and out, by the log. The only rule it knows is that nobody is paid twice."""

from __future__ import annotations

from dataclasses import dataclass, field

from dcai.chain.codec import Event


@dataclass
class Ledger:
    """The money of one trainer.

    Attributes
    ----------
    paid_in, paid_out : int
        Wei.
    left : dict
        Contribution or split-off sample -> what its deposit can still pay.
    """

    paid_in: int = 0
    paid_out: int = 0
    left: dict[int, int] = field(default_factory=dict)
    _parts: dict[int, int] = field(default_factory=dict)
    _closed: dict[int, int] = field(default_factory=dict)
    _ended: set[int] = field(default_factory=set)
    _shares: set[tuple[int, str]] = field(default_factory=set)

    def add(self, event: Event) -> None:
        """Book one event; fail if it pays anybody twice, or more than is left."""
        args = event.args
        match event.name:
            case "Contributed":
                assert args["id"] not in self.left, f"a second contribution {args['id']}"
                self.paid_in += args["deposit"]
                self.left[args["id"]] = args["deposit"]
                if args["label"] == 256:
                    self._parts[args["id"]] = args["deposit"] // (args["sample"][0] + 1)
            case "Refunded":
                self._pay(args["id"], args["amount"])
                self._end(args["id"])
            case "BatchRefunded":
                self._close(args["id"], args["positions"])
                self._pay(args["id"], args["amount"])
                assert args["amount"] == self._parts[args["id"]] * args["positions"].bit_count()
            case "Split":
                assert args["id"] not in self.left, f"sample {args['id']} was split off twice"
                self._close(args["batchId"], 1 << args["id"] - args["batchId"] - 1)
                part = self._parts[args["batchId"]]
                self.left[args["batchId"]] -= part
                self.left[args["id"]] = part
            case "Taken":
                self._pay(args["id"], args["amount"])
                share = (args["id"], args["taker"])
                if share in self._shares:  # what is left at the end is for anybody
                    self._end(args["id"])
                self._shares.add(share)

    def _pay(self, number: int, amount: int) -> None:
        assert amount > 0, f"nothing was paid for contribution {number}"
        assert number not in self._ended, f"contribution {number} was paid after its end"
        assert amount <= self.left[number], f"{amount} wei paid where {self.left[number]} were left of {number}"
        self.paid_out += amount
        self.left[number] -= amount

    def _end(self, number: int) -> None:
        assert self.left[number] == 0, f"{self.left[number]} wei left of contribution {number} after its end"
        self._ended.add(number)

    def _close(self, batch: int, positions: int) -> None:
        assert positions & self._closed.get(batch, 0) == 0, f"a sample of batch {batch} was closed twice"
        self._closed[batch] = self._closed.get(batch, 0) | positions
