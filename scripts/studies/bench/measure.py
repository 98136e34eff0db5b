"""Measure throughput and accuracy through a real chain: `python -m scripts.studies.bench.measure [--json] [--update]`.

Times differ from one machine and minute to the next, so that only ratios are judged: of loops that take turns on the
same anvil, sending the same contribution.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import rich
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import Perceptron
from web3 import Web3
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse, Wei

import dcai
from dcai import artifacts
from dcai.chain.chain import Request
from dcai.chain.codec import codec
from dcai.chain.nodes.anvil import GAS_PRICE
from dcai.models.twins import Twin
from scripts.studies import ROOT

PAGE = ROOT / "docs" / "bench.md"

PRODUCT = "SparsePerceptronDRT"
LABELS = ("negative", "positive")
IMDB = "imdb_top1000_presence_bits.npz"
PARTS = ("train", "test")

ROUNDS = 15
CONTRIBUTIONS = 60  # of each way, in each round
GAS = 500_000

Rows = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Result:
    """One line of the table; `bound` is what `value` must reach, None where it is told for information."""

    name: str
    value: float
    bound: float | None
    text: str

    @property
    def missed(self) -> bool:
        """Whether the bound isn't reached."""
        return self.bound is not None and self.value < self.bound


class _Provider(BaseProvider):
    """web3.py over the connection that everything else here uses."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._request = request

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        return {"jsonrpc": "2.0", "id": 1, "result": self._request(method, params)}


def throughput() -> list[Result]:
    """Compare contributions per second through `Chain` with bare JSON-RPC and with web3.py's contract API."""
    indices = np.arange(1, 16) * 100 // 15 - 1
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        sender = chain.accounts[0]
        model = dcai.SparsePerceptron(classes=LABELS).fit(np.ones((1, 100)), [1])
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(weight_wei=0))
        sample, value = model.twin.pack(indices), trainer.incentive.minimum_wei
        transaction = {
            "from": sender,
            "to": trainer.address,
            "value": hex(value),
            "gas": hex(GAS),
            "data": "0x" + codec(PRODUCT).call("contribute", sample, 1, 0).hex(),
            **GAS_PRICE,
        }
        web3 = Web3(_Provider(chain.request))
        contract = web3.eth.contract(
            address=Web3.to_checksum_address(trainer.address), abi=artifacts.load(PRODUCT)["abi"]
        )

        def ours() -> None:
            chain.invoke(PRODUCT, trainer.address, "contribute", sample, 1, 0, sender=sender, value=value, gas=GAS)

        def bare() -> None:
            chain.request("eth_sendTransactionSync", [transaction])

        def contract_api() -> None:
            sent = contract.functions.contribute(sample, 1, 0).transact(
                {"from": Web3.to_checksum_address(sender), "value": Wei(value)}
            )
            # its default pause of 0.1 s would be most of what is measured
            web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.001)

        ways = (ours, bare, contract_api)
        for way in ways:
            _rate(way)
        rates = np.array([[_rate(way) for way in ways] for _ in track(range(ROUNDS), description="Throughput")])
    mine, raw, api = np.median(rates, axis=0)
    to_raw = median(rates[:, 0] / rates[:, 1])
    to_api = median(rates[:, 0] / rates[:, 2])
    return [
        Result("throughput.of_bare_json_rpc", to_raw, 0.7, f"{to_raw:.0%} ({mine:,.0f} of {raw:,.0f} a second)"),
        Result(
            "throughput.times_web3_contract", to_api, 3.0, f"{to_api:.1f} times ({mine:,.0f} to {api:,.0f} a second)"
        ),
    ]


def _rate(way: Callable[[], None]) -> float:
    start = time.perf_counter()
    for _ in range(CONTRIBUTIONS):
        way()
    return CONTRIBUTIONS / (time.perf_counter() - start)


def accuracy() -> list[Result]:
    """Train on all of IMDB through the contract, and compare with a float perceptron in the same order.

    Nothing where `DCAI_DATA_DIR` doesn't hold the reviews.
    """
    path = Path(os.environ.get("DCAI_DATA_DIR", "")) / IMDB
    if not path.is_file():
        return []
    with np.load(path) as arrays:
        train, test = (np.unpackbits(arrays[f"{part}_bits"], axis=1, bitorder="little")[:, :1000] for part in PARTS)
        train_labels, test_labels = (arrays[f"{part}_label"].astype(np.int64) for part in PARTS)
    contract, per_second = _train_contract(train, train_labels)
    ours = _accuracy(contract.predict(test), test_labels)
    weights, bias = _train_floats([np.flatnonzero(row) for row in train], train_labels)
    floats = _accuracy(test @ weights + bias > 0, test_labels)
    reference = Perceptron(max_iter=1, tol=None, shuffle=False).fit(train, train_labels)
    scikit = _accuracy(reference.predict(test), test_labels)
    points = 100 * (ours - floats)
    return [
        Result("imdb.points_to_float_perceptron", points, -0.5, f"{points:+.2f} points ({ours:.2%} to {floats:.2%})"),
        Result("imdb.scikit_learn_accuracy", scikit, None, f"{scikit:.2%}, scikit-learn's Perceptron, one pass"),
        Result("imdb.samples_per_second", per_second, None, f"{per_second:,.0f} a second, in batches"),
    ]


def _train_contract(rows: Rows, labels: Labels) -> tuple[Twin, float]:
    """Return the model read back from the chain, and how many samples a second it learnt."""
    zero = dcai.SparsePerceptron(classes=LABELS).fit(np.zeros((0, rows.shape[1])), [])
    # 25,000 contributions within minutes at the talk's rising price would cost more than an account has
    incentive = dcai.DepositRefundTake(weight_wei=0)
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        trainer = dcai.deploy(chain, zero, incentive, name="IMDB sentiment")
        start = time.perf_counter()
        trainer.contribute_many([np.flatnonzero(row) for row in rows], labels.tolist())
        return trainer.model(), len(rows) / (time.perf_counter() - start)


def _train_floats(samples: Sequence[NDArray[np.int64]], labels: Labels) -> tuple[NDArray[np.float64], float]:
    """Train a perceptron with the contract's rule, a learning rate of 1, and weights that no range ends."""
    weights, bias = np.zeros(1000), 0.0
    for indices, label in zip(samples, labels.tolist(), strict=True):
        if (weights[indices].sum() + bias > 0) != label:
            step = 1.0 if label else -1.0
            weights[indices] += step
            bias += step
    return weights, bias


def _accuracy(predicted: NDArray[Any], labels: Labels) -> float:
    return float((predicted == labels).mean())


def bound_text(result: Result) -> str:
    return "-" if result.bound is None else f"≥ {result.bound:g}"


def table(results: Sequence[Result]) -> Table:
    table = Table("what", "measured", "bound", title="Bench")
    for result in results:
        table.add_row(result.name, result.text, bound_text(result), style="red" if result.missed else None)
    return table


INTRODUCTION = """\
# Throughput and accuracy

Made by `python -m scripts.studies.bench.measure --update`; `make bench` measures it again.
Ratios are the median of rounds in which the
loops take turns on the same anvil, one transaction a block with its receipt; what is told per second is what the
machine that wrote this page did.

- `throughput.of_bare_json_rpc`: `Chain.invoke` (encoding, sending, decoding the receipt) to a loop of the same requests
  with calldata encoded beforehand.
- `throughput.times_web3_contract`: the same to web3.py's contract API over the same connection, asking for receipts
  every millisecond.
- `imdb.points_to_float_perceptron`: 25,000 reviews learnt by the contract in batches, bias included, then accuracy on
  the 25,000 hidden ones, to that of a float perceptron without bounds in the same order.

"""


def _page(results: Sequence[Result]) -> str:
    head = "| what | measured | bound |\n|---|--:|--:|\n"
    return INTRODUCTION + head + "".join(f"| `{r.name}` | {r.text} | {bound_text(r)} |\n" for r in results)


def main(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Rewrite docs/bench.md.")] = False,
) -> None:
    """Measure throughput and accuracy; fail where a bound is missed."""
    rich.reconfigure(stderr=True)  # progress bars, those of the package too
    results = [*throughput(), *accuracy()]
    if as_json:
        print(json.dumps([asdict(result) for result in results], indent=1))
    else:
        console = Console(width=None if sys.stdout.isatty() else 160)
        console.print(table(results))
        if not any(result.name.startswith("imdb.") for result in results):
            console.print(f"IMDB is skipped: DCAI_DATA_DIR names no folder with {IMDB}.")
    if update:
        PAGE.write_text(_page(results))
    if missed := [result.name for result in results if result.missed]:
        sys.exit(f"Bound missed: {', '.join(missed)}")


if __name__ == "__main__":
    typer.run(main)
