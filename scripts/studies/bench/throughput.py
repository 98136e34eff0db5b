"""Throughput and accuracy through a real chain.

Times differ from one machine and minute to the next. Only ratios are judged: of loops that take turns on the same
anvil, sending the same contribution.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from sklearn.linear_model import Perceptron
from web3 import Web3
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse, Wei

import dcai
from dcai import artifacts
from dcai.chain.codec import codec
from dcai.chain.nodes.anvil import GAS_PRICE
from dcai.chain.rpc import Request
from dcai.datasets import DataUnavailable
from dcai.models.twins import Twin
from scripts.studies import reviews
from scripts.studies.pages import STUDIES, Figures, Page
from scripts.studies.reviews import Reviews

BOUNDS = {
    "throughput.of_bare_json_rpc": 0.7,
    "throughput.times_web3_contract": 3,
    "imdb.points_to_float_perceptron": -0.5,
}
"""What each value must reach."""

PAGE = Page("bench", "bench/throughput.md.j2", STUDIES / "bench" / "throughput.json", {"bounds": BOUNDS})

PRODUCT = "SparsePerceptronDRT"
LABELS = ("negative", "positive")

ROUNDS = 15
CONTRIBUTIONS = 60  # of each way, in each round
GAS = 500_000


class _Provider(BaseProvider):
    """web3.py over the connection that the other loops use."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._request = request

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        return {"jsonrpc": "2.0", "id": 1, "result": self._request(method, params)}


def throughput() -> Figures:
    """Compare contributions per second through `Chain` with bare JSON-RPC and with web3.py's contract API."""
    indices = np.arange(1, 16) * 100 // 15 - 1
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        sender = chain.accounts[0]
        model = dcai.SparsePerceptron(classes=LABELS).fit(np.ones((1, 100)), [1])
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(weight_wei=0))
        sample, value = model.pack(indices), trainer.incentive.minimum_wei
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
    figures = {
        "throughput.of_bare_json_rpc": {"value": median(rates[:, 0] / rates[:, 1]), "ours": mine, "other": raw},
        "throughput.times_web3_contract": {"value": median(rates[:, 0] / rates[:, 2]), "ours": mine, "other": api},
    }
    return {name: {key: float(value) for key, value in each.items()} for name, each in figures.items()}


def _rate(way: Callable[[], None]) -> float:
    start = time.perf_counter()
    for _ in range(CONTRIBUTIONS):
        way()
    return CONTRIBUTIONS / (time.perf_counter() - start)


def accuracy() -> Figures:
    """Train on all of IMDB through the contract, and compare with a float perceptron in the same order.

    Returns nothing where `DCAI_DATA_DIR` doesn't hold the reviews.
    """
    try:
        train, test = reviews.load()
    except DataUnavailable:
        return {}
    contract, per_second = _train_contract(train)
    ours = _accuracy(contract.scores(contract.rows(test.words)).argmax(axis=1), test.labels)
    weights, bias = _train_floats(train)
    floats = _accuracy(test.words @ weights + bias > 0, test.labels)
    reference = Perceptron(max_iter=1, tol=None, shuffle=False).fit(*train)
    return {
        "imdb.points_to_float_perceptron": {"value": 100 * (ours - floats), "ours": ours, "other": floats},
        "imdb.scikit_learn_accuracy": {"value": _accuracy(reference.predict(test.words), test.labels)},
        "imdb.samples_per_second": {"value": per_second},
    }


def _train_contract(train: Reviews) -> tuple[Twin, float]:
    """Return the model read back from the chain, and how many samples per second it learnt."""
    untrained = dcai.SparsePerceptron(classes=LABELS).fit(np.zeros((0, train.words.shape[1])), [])
    # 25,000 contributions within minutes at the talk's rising price would cost more than an account has
    incentive = dcai.DepositRefundTake(weight_wei=0)
    with dcai.local_chain("anvil", hardfork="osaka") as chain:
        trainer = dcai.deploy(chain, untrained, incentive, name="IMDB sentiment")
        start = time.perf_counter()
        trainer.contribute_many(train.indices(), train.labels.tolist())
        return trainer.model(), len(train.labels) / (time.perf_counter() - start)


def _train_floats(train: Reviews) -> tuple[NDArray[np.float64], float]:
    """Train a perceptron with the contract's rule, a learning rate of 1, and unbounded weights."""
    weights, bias = np.zeros(train.words.shape[1]), 0.0
    for indices, label in zip(train.indices(), train.labels.tolist(), strict=True):
        if (weights[indices].sum() + bias > 0) != label:
            step = 1.0 if label else -1.0
            weights[indices] += step
            bias += step
    return weights, bias


def _accuracy(predicted: NDArray[Any], labels: NDArray[np.int64]) -> float:
    return float((predicted == labels).mean())


def measure() -> Figures:
    """Measure throughput, and accuracy where `DCAI_DATA_DIR` holds the reviews."""
    return throughput() | accuracy()
