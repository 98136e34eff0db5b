"""Measure what the contracts cost and compare with gas.json: `python scripts/gas.py [--update]`.

Every figure is the gas of real transactions on anvil under Osaka's rules, made as a user of the package makes them, the
transaction's base fee included. Nothing in it is left to chance (seeds, addresses and times are fixed), so that it
comes out the same to the unit on every machine, and a change in review is a change of the contracts.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import dcai
from dcai import artifacts, deployment
from dcai.chain.codec import codec
from dcai.samples import unpack_sparse

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOT = ROOT / "gas.json"
PAGE = ROOT / "docs" / "gas.md"

PRODUCT = "SparsePerceptronDRT"
LABELS = ("negative", "positive")
START = 3_000_000_000  # a claim's calldata holds times and costs by their bytes: the clock must not be today's
PAUSE = 600
TRANSACTION = 21_000

IMDB = "imdb_top1000_presence_bits.npz"
IMDB_INITIAL = 2_000  # 8% of the training part
IMDB_CONTRIBUTIONS = 500

Indices = NDArray[np.int64]
Gas = dict[str, int]


@dataclass(frozen=True)
class Figure:
    """A row of the table: what is measured, and what it is to be compared with."""

    scenario: str
    reference: str = "-"
    prototypes: str = "-"
    limit: int | None = None


P100 = "sparse_perceptron_100"
P1000 = "sparse_perceptron_1000"

FIGURES = {
    "TrainerFactory.implementation": Figure("the factory, once per chain"),
    f"{PRODUCT}.implementation": Figure("sparse perceptron with Deposit-Refund-Take, once per chain"),
    "bytecode_size.TrainerFactory": Figure("bytes of code", limit=24_576),
    f"bytecode_size.{PRODUCT}": Figure("bytes of code", limit=24_576),
    f"{P100}.deploy": Figure("one more shared model, 100 weights", "7,279,234", "258,651 / 190,221", 200_000),
    f"{P100}.contribute_agree": Figure(
        "15 words, model agrees, fresh record slot", "237,256", "73,041 / 66,546", 68_000
    ),
    f"{P100}.contribute_agree_reused": Figure("the same, in a finished record's slot", "-", "56,680 / 50,161", 52_000),
    f"{P100}.contribute_disagree": Figure("model disagrees and learns", "289,781", "94,915 / 84,557", 86_000),
    f"{P100}.refund": Figure("author gets the deposit back", "166,071", "66,171 / 59,664", 62_000),
    f"{P100}.take_share": Figure("share of bad data's deposit, settle_after = 0", "169,873", "-", 80_000),
    f"{P100}.report": Figure("bad data reported, settle_after = 1 day"),
    f"{P100}.take_share_settled": Figure("share of reported data's deposit, settle_after = 1 day"),
    f"{P100}.predict": Figure("a transaction that only predicts", "66,631", "43,106 / 36,507", 38_000),
    f"{P100}.predict_execution": Figure("the same without base fee and calldata", "43,187"),
    f"{P100}.batch_100": Figure(
        "a sample, in a batch of 100, half of them learnt from", "237,256 and up", "9,083 / -", 6_500
    ),
    f"{P100}.refund_batch": Figure("a refunded sample, all that can be of such a batch at once"),
    f"{P100}.split": Figure("one sample split off such a batch by a reporter"),
    f"{P100}.split_batch": Figure("a split-off sample, all that can be of such a batch at once"),
    f"{P1000}.deploy": Figure("1,000 weights", "27,913,444", "1,539,349 / 832,054", 860_000),
    f"{P1000}.contribute_agree": Figure(
        "20 words drawn uniformly, model agrees", "254,681", "100,000 / 96,000", 95_000
    ),
    f"{P1000}.contribute_disagree": Figure(
        "20 words drawn uniformly, model disagrees", "324,627", "157,000 / 149,000", 146_000
    ),
    f"{P1000}.contribute_agree_every_50th": Figure("20 words, no two in one slot, model agrees"),
    f"{P1000}.contribute_disagree_every_50th": Figure("20 words, no two in one slot, model disagrees"),
    f"{P1000}.batch_100": Figure(
        "a sample of 20 words, in a batch of 100, half of them learnt from", "-", "14,982 / -", 10_000
    ),
    "imdb_1000.contribute_mean": Figure(
        f"IMDB reviews as they are, mean of {IMDB_CONTRIBUTIONS}, from an 8% start", "-", "186,597 / 152,413", 145_000
    ),
}


def implementations() -> Gas:
    """Measure what is deployed once per chain, and the size of its code."""
    gas = {}
    with _chain() as chain:
        for contract in ("TrainerFactory", PRODUCT):
            deployment.ensure(chain, contract, sender=chain.accounts[0])
            gas[f"{contract}.implementation"] = _latest(chain)
            gas[f"bytecode_size.{contract}"] = len(artifacts.load(contract)["deployed_bytecode"]) // 2 - 1
    return gas


def sparse_perceptron_100() -> Gas:
    """Measure every call on a model of 100 weights with the talk's rule, settle_after = 0."""
    with _chain() as chain:
        alice, bob = chain.accounts[:2]
        trainer = _deploy(chain, 100, settle_after=0)
        rng = np.random.default_rng(1)
        sample = _spread(100, 15)
        batches = [_batch(trainer, rng, 100, 15) for _ in range(6)]
        disagreeing = _contribute(trainer, [sample] * 11, agree=False, sender=alice)
        agreeing = _contribute(trainer, [sample] * 11, agree=True, sender=alice)
        good = _contribute(trainer, [sample] * 2, agree=True, sender=bob)
        gas = {
            "deploy": trainer.deploy_gas,
            "contribute_disagree": _mean_gas(disagreeing[1:]),
            "contribute_agree": _mean_gas(agreeing[1:]),
            "batch_100": round(_gas(batches[1]) / 100),
            **_predict(trainer, sample),
        }
        chain.travel(trainer.incentive.refund_after)
        for contribution in (*good, *agreeing[:2]):
            contribution.refund()
        gas["refund"] = _latest(chain)
        for contribution in _bad(disagreeing)[:2]:
            contribution.take(sender=bob)
        gas["take_share"] = _latest(chain)
        reused = _contribute(trainer, [sample] * 2, agree=True, sender=alice)
        gas["contribute_agree_reused"] = _gas(reused[1])
        for batch in batches[:2]:
            batch.split(_disagreed(batch)[:1], sender=bob)
        gas["split"] = _latest(chain)
        for batch in batches[2:4]:
            split = batch.split(_disagreed(batch), sender=bob)
        gas["split_batch"] = round(_latest(chain) / len(split))
        for batch in batches[4:]:
            refunded = 100 - len(_disagreed(batch))
            batch.refund()
        gas["refund_batch"] = round(_latest(chain) / refunded)
    return {f"{P100}.{name}": value for name, value in gas.items()}


def settled_100() -> Gas:
    """Measure report and take on a model of 100 weights where a share needs a report a day before."""
    with _chain() as chain:
        alice, bob = chain.accounts[:2]
        trainer = _deploy(chain, 100, settle_after="1 day")
        sample = _spread(100, 15)
        disagreeing = _contribute(trainer, [sample] * 10, agree=False, sender=alice)
        (good,) = _contribute(trainer, [sample], agree=True, sender=bob)
        chain.travel(trainer.incentive.refund_after)
        good.refund()
        bad = _bad(disagreeing)[:2]
        gas = {}
        for contribution in bad:
            contribution.report(sender=bob)
        gas["report"] = _latest(chain)
        chain.travel(trainer.incentive.settle_after)
        for contribution in bad:
            contribution.take(sender=bob)
        gas["take_share_settled"] = _latest(chain)
    return {f"{P100}.{name}": value for name, value in gas.items()}


def sparse_perceptron_1000() -> Gas:
    """Measure a model of 1,000 weights."""
    with _chain() as chain:
        alice = chain.accounts[0]
        trainer = _deploy(chain, 1000, settle_after=0)
        rng = np.random.default_rng(1)
        drawn = [_draw(rng, 1000, 20) for _ in range(11)]
        apart = [_spread(1000, 20)] * 11
        batches = [_batch(trainer, rng, 1000, 20) for _ in range(2)]
        gas = {"deploy": trainer.deploy_gas, "batch_100": round(_gas(batches[1]) / 100)}
        for name, samples in (("", drawn), ("_every_50th", apart)):
            for agree in (False, True):
                made = _contribute(trainer, samples, agree=agree, sender=alice)
                gas[f"contribute_{'agree' if agree else 'disagree'}{name}"] = _mean_gas(made[1:])
    return {f"{P1000}.{name}": value for name, value in gas.items()}


def imdb_1000() -> Gas:
    """Measure contributions of real reviews, labels as they are, to a model that 8% of them have trained.

    Nothing where `DCAI_DATA_DIR` doesn't hold the reviews.
    """
    if not _imdb().is_file():
        return {}
    with np.load(_imdb()) as arrays:
        rows = np.unpackbits(arrays["train_bits"], axis=1, bitorder="little")[:, :1000]
        labels = arrays["train_label"].astype(np.int64)
    model = dcai.SparsePerceptron(classes=LABELS).fit(rows[:IMDB_INITIAL], labels[:IMDB_INITIAL])
    made = []
    with _chain() as chain:
        trainer = dcai.deploy(chain, model, dcai.DepositRefundTake(), name="IMDB sentiment")
        for row in range(IMDB_INITIAL, IMDB_INITIAL + IMDB_CONTRIBUTIONS):
            chain.travel(PAUSE)
            made.append(trainer.contribute(np.flatnonzero(rows[row]), int(labels[row])))
    return {"imdb_1000.contribute_mean": _mean_gas(made)}


PARTS = (implementations, sparse_perceptron_100, settled_100, sparse_perceptron_1000, imdb_1000)


def measure(parts: Iterable[Callable[[], Gas]] = PARTS) -> Gas:
    """Return the figures, id -> gas (bytes for `bytecode_size.*`), each part on a chain of its own."""
    return dict(sorted((name, value) for part in parts for name, value in part().items()))


def drifts(measured: Gas, snapshot: Gas) -> list[str]:
    """Return a sentence for each id that was measured otherwise than committed."""
    found = []
    for name in sorted(measured.keys() | (snapshot.keys() - _unmeasurable())):
        before, now = snapshot.get(name), measured.get(name)
        if before is None:
            found.append(f"{name}: {now:,}, not in gas.json")
        elif now is None:
            found.append(f"{name}: {before:,} in gas.json, no longer measured")
        elif before != now:
            found.append(f"{name}: {before:,} in gas.json, now {now:,} ({now - before:+,})")
    return found


def excesses(gas: Gas) -> list[str]:
    """Return a sentence for each id that is above its limit."""
    limits = ((name, figure.limit) for name, figure in FIGURES.items() if figure.limit is not None)
    return [f"{name}: {gas[name]:,}, limit {limit:,}" for name, limit in limits if gas.get(name, 0) > limit]


def committed() -> Gas:
    """Return the snapshot."""
    gas: Gas = json.loads(SNAPSHOT.read_text())
    return gas


def _imdb() -> Path:
    return Path(os.environ.get("DCAI_DATA_DIR", "")) / IMDB


def _unmeasurable() -> set[str]:
    return set() if _imdb().is_file() else {"imdb_1000.contribute_mean"}


def _chain() -> dcai.Chain:
    chain = dcai.local_chain("anvil", hardfork="osaka")
    chain.travel(START - chain.now())
    return chain


def _deploy(chain: dcai.Chain, features: int, settle_after: str | int) -> dcai.Trainer:
    """Return a trainer with no weight at zero: the first change of a slot that holds nothing costs more."""
    rng = np.random.default_rng(0)
    weights = rng.choice([-3, -2, -1, 1, 2, 3], size=features).astype(np.int8)
    model = dcai.SparsePerceptron.from_parameters((-257).to_bytes(2, "big", signed=True) + weights.tobytes(), LABELS)
    return dcai.deploy(chain, model, dcai.DepositRefundTake(settle_after=settle_after), name="IMDB sentiment")


def _spread(features: int, words: int) -> Indices:
    return np.arange(1, words + 1) * features // words - 1


def _draw(rng: np.random.Generator, features: int, words: int) -> Indices:
    return np.sort(rng.choice(features, size=words, replace=False))


def _contribute(
    trainer: dcai.Trainer, samples: Iterable[Indices], *, agree: bool, sender: str
) -> list[dcai.Contribution]:
    made = []
    for sample in samples:
        trainer.chain.travel(PAUSE)
        predicted = LABELS.index(trainer.predict(sample))
        made.append(trainer.contribute(sample, predicted if agree else 1 - predicted, sender=sender))
    return made


def _batch(trainer: dcai.Trainer, rng: np.random.Generator, features: int, words: int) -> dcai.Contribution:
    """Contribute 100 samples, every second of which changes the model."""
    twin = trainer.model()
    samples, labels = [], []
    for position in range(100):
        sample = _draw(rng, features, words)
        packed = twin.pack(sample)
        label = twin.label_of(packed) ^ (position % 2)
        twin.learn(packed, label)
        samples.append(sample)
        labels.append(label)
    trainer.chain.travel(PAUSE)
    (batch,) = trainer.contribute_many(samples, labels, progress=False)
    return batch


def _predict(trainer: dcai.Trainer, sample: Indices) -> Gas:
    data = codec(PRODUCT).call("predict", trainer.model().pack(sample))
    whole = trainer.chain.send(trainer.address, data, sender=trainer.chain.accounts[0]).gas_used
    calldata = sum(16 if byte else 4 for byte in data)
    return {"predict": whole, "predict_execution": whole - TRANSACTION - calldata}


def _bad(contributions: Iterable[dcai.Contribution]) -> list[dcai.Contribution]:
    return [c for c in contributions if c.trainer.predict(unpack_sparse(c.entry.sample)) != LABELS[c.entry.label]]


def _disagreed(batch: dcai.Contribution) -> list[int]:
    """Return the positions of a batch that the model disagrees with now."""
    model = batch.trainer.model()
    return [at for at, (sample, label) in enumerate(batch.entry.samples()) if model.label_of(sample) != label]


def _gas(contribution: dcai.Contribution) -> int:
    assert contribution.receipt is not None
    return contribution.receipt.gas_used


def _mean_gas(contributions: Iterable[dcai.Contribution]) -> int:
    return round(mean(_gas(contribution) for contribution in contributions))


def _latest(chain: dcai.Chain) -> int:
    """Return what the latest transaction used; a local chain makes a block for each."""
    block: dict[str, Any] = chain.request("eth_getBlockByNumber", ["latest", False])
    assert len(block["transactions"]) == 1
    return int(block["gasUsed"], 16)


INTRODUCTION = """\
# What it costs

Gas on anvil under Osaka's rules, the transaction's base fee included, in the steady state: an account's second call of
its kind. `make gas` measures it again and fails where a figure differs from `gas.json` or is above its limit;
`make gas-update` rewrites that file and this page.

- *Reference*: the public implementation of the talk (0xDeCA10B), solc 0.6.12 with 200 optimizer runs.
- *Prototypes*: two sketches of a packed design, with int16 / int8 lanes.
- A model of 100 weights gets samples of 15 words spread evenly over the vocabulary, one of 1,000 weights samples of 20
  words. Contributions are the mean of ten, 600 s apart, and no weight is zero at the start.
- *Drawn uniformly*: each word is as likely as any other. *No two in one slot*: every 50th word, the very worst case.
  Words of real texts share slots, since they are ordered by frequency.

"""

HEADINGS = ("id", "scenario", "reference", "prototypes", "limit", "ours")


def _rows(gas: Gas) -> Iterator[tuple[str, ...]]:
    for name, figure in FIGURES.items():
        limit = "-" if figure.limit is None else f"{figure.limit:,}"
        ours = f"{gas[name]:,}" if name in gas else "not measured"
        yield name, figure.scenario, figure.reference, figure.prototypes, limit, ours


def _table(gas: Gas) -> Table:
    table = Table(title="Gas (Osaka rules, steady state, base fee included)")
    for number, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if number < 2 else "right", overflow="fold")
    over = {line.split(":")[0] for line in excesses(gas)}
    for row in _rows(gas):
        table.add_row(*row, style="red" if row[0] in over else None)
    return table


def _page(gas: Gas) -> str:
    head = f"| {' | '.join(HEADINGS)} |\n|---|---|--:|--:|--:|--:|\n"
    return INTRODUCTION + head + "".join(f"| `{row[0]}` | {' | '.join(row[1:])} |\n" for row in _rows(gas))


def main(
    update: Annotated[bool, typer.Option("--update", help="Rewrite gas.json and docs/gas.md.")] = False,
) -> None:
    """Measure gas; fail where a figure differs from gas.json or is above its limit."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    if _unmeasurable():
        console.print(f"imdb_1000 is skipped: DCAI_DATA_DIR names no folder with {IMDB}.")
    gas = measure(track(PARTS, description="Measuring", console=console))
    console.print(_table(gas))
    if update:
        kept = {name: value for name, value in committed().items() if name in _unmeasurable()}
        gas = dict(sorted((kept | gas).items()))
        SNAPSHOT.write_text(json.dumps(gas, indent=1) + "\n")
        PAGE.write_text(_page(gas))
    problems = [f"Drifted: {line}" for line in drifts(gas, committed())]
    problems += [f"Above its limit: {line}" for line in excesses(gas)]
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    typer.run(main)
