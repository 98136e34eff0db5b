"""The rows of the gas table: what each measures, what it is compared with, and its limit."""

from __future__ import annotations

from dataclasses import dataclass

from dcai.trainer.products import known

IMDB_CONTRIBUTIONS = 500


@dataclass(frozen=True)
class Row:
    """A row of the table: what is measured, two figures to compare with, and the limit."""

    scenario: str
    reference: str = "-"
    prototypes: str = "-"
    limit: int | None = None


# For each model: reference and limit of a deployment, of a contribution that the model agrees with, of one that it
# disagrees with, of the execution of a prediction; then the reference of a refund and of a share.
Pair = tuple[int, int] | None
Compared = tuple[Pair, Pair, Pair, Pair, int | None, int | None]
_NOTHING: Compared = (None, None, None, None, None, None)  # the reference has no perceptron of more than two classes
MODELS: dict[str, tuple[str, Compared]] = {
    "dense_perceptron_100": (
        "dense perceptron, 100 dimensions",
        ((5_887_106, 260_000), (490_585, 88_000), (628_811, 112_000), (167_589, 30_000), 350_874, 353_427),
    ),
    "dense_perceptron_512": (
        "dense perceptron, 512 dimensions",
        ((9_359_828, 900_000), (1_717_795, 190_000), (2_424_408, 310_000), (831_900, 110_000), 1_275_889, 1_286_258),
    ),
    "nearest_centroid_2x100": (
        "two centroids of 100 dimensions",
        ((6_739_500, 750_000), (540_006, 140_000), (544_050, 140_000), (289_637, 80_000), 467_238, 365_959),
    ),
    "nearest_centroid_2x512": (
        "two centroids of 512 dimensions",
        (
            (12_453_687, 3_200_000),
            (1_961_638, 430_000),
            (1_958_446, 430_000),
            (1_451_156, 330_000),
            1_895_617,
            1_336_358,
        ),
    ),
    "sparse_centroid_2x1000": (
        "two centroids of 1,000 words, 20 words per sample",
        ((54_790_602, 3_000_000), (333_925, 165_000), (333_901, 165_000), (148_094, 65_000), 273_432, 276_782),
    ),
    "naive_bayes_2x1000": (
        "naive Bayes, two classes of 1,000 words, 20 words per sample",
        ((54_285_126, 3_000_000), (303_345, 165_000), (323_293, 165_000), (134_225, 85_000), 259_454, 263_338),
    ),
    "sparse_perceptron_10x1000": ("ten perceptrons of 1,000 words, 20 words per sample", _NOTHING),
    "dense_perceptron_10x100": ("ten perceptrons of 100 dimensions", _NOTHING),
}


def _model(name: str, what: str, row: Compared) -> dict[str, Row]:
    deploy, agree, disagree, predict, refund, share = row
    compared = {
        "deploy": (what, deploy),
        "contribute_agree": ("model agrees", agree),
        "contribute_disagree": ("model disagrees", disagree),
        "predict_execution": ("a prediction, without base fee and calldata", predict),
    }
    rows = {
        f"{name}.{key}": Row(text, f"{pair[0]:,}", limit=pair[1]) if pair else Row(text)
        for key, (text, pair) in compared.items()
    }
    others = {
        "predict": ("a transaction that only predicts", None),
        "refund": ("author gets the deposit back", refund),
        "take_share": ("share of the deposit of bad data, settle_after = 0", share),
        "batch_100": ("per sample, in a batch of 100 or in as many batches as it takes", agree[0] if agree else None),
    }
    rows |= {
        f"{name}.{key}": Row(text, f"{reference:,}" if reference else "-") for key, (text, reference) in others.items()
    }
    return rows


def _implementations() -> dict[str, Row]:
    rows = {}
    for contract in (product.contract for product in known()):
        rows[f"{contract}.implementation"] = Row("model with incentive, once per chain")
        rows[f"bytecode_size.{contract}"] = Row("bytes of code", limit=24_576)
    return rows


def _market(what: str, contribute: int | None = None, settle: int | None = None) -> dict[str, Row]:
    return {
        "contribute": Row(f"a contribution to a market of {what}", limit=contribute),
        "settle": Row("everything after the last one: test set, evaluation, payments", limit=settle),
        "settle_each": Row("the same, per contribution"),
    }


# For each market: contributions on test samples, and the limits of a contribution and of everything after the last.
_MARKETS = {
    "market_100x100": _market("100 on 100 test samples of 15 words, 100 weights", 80_000, 6_000_000),
    "market_300x300": _market("300 on 300, the same"),
    "market_1000x1000_100_weights": _market("1,000 on 1,000, the same"),
    "market_1000x1000": _market("1,000 on 1,000, 20 words, 1,000 weights", settle=200_000_000),
    "market_turns_1000x1000": _market("the same, in turns of 100", settle=20_000_000),
}

P100 = "sparse_perceptron_100"
P1000 = "sparse_perceptron_1000"
A1000 = "averaged_perceptron_1000"
GAMIFIED_100 = "gamified_100"

ROWS = {
    "TrainerFactory.implementation": Row("the factory, once per chain"),
    "bytecode_size.TrainerFactory": Row("bytes of code", limit=24_576),
    **_implementations(),
    f"{P100}.deploy": Row("one more shared model, 100 weights", "7,279,234", "258,651 / 190,221", 200_000),
    f"{P100}.contribute_agree": Row("15 words, model agrees, fresh record slot", "237,256", "73,041 / 66,546", 68_000),
    f"{P100}.contribute_agree_reused": Row("the same, in a finished record's slot", "-", "56,680 / 50,161", 52_000),
    f"{P100}.contribute_disagree": Row("model disagrees and learns", "289,781", "94,915 / 84,557", 86_000),
    f"{P100}.refund": Row("author gets the deposit back", "166,071", "66,171 / 59,664", 62_000),
    f"{P100}.take_share": Row("share of the deposit of bad data, settle_after = 0", "169,873", "-", 80_000),
    f"{P100}.report": Row("bad data reported, settle_after = 1 day"),
    f"{P100}.take_share_settled": Row("share of the deposit of reported data, settle_after = 1 day"),
    f"{P100}.predict": Row("a transaction that only predicts", "66,631", "43,106 / 36,507", 38_000),
    f"{P100}.predict_execution": Row("the same without base fee and calldata", "43,187"),
    f"{P100}.batch_100": Row(
        "per sample, in a batch of 100; the model learns from half of them", "237,256 and up", "9,083 / -", 6_500
    ),
    f"{P100}.refund_batch": Row("per refunded sample, all that are due in such a batch at once"),
    f"{P100}.report_batch": Row("per reported sample, all that are bad in a batch of 100 at once"),
    f"{P100}.split": Row("a reporter splits one sample off such a batch"),
    f"{P100}.split_batch": Row("per split-off sample, all that are bad in such a batch at once"),
    f"{GAMIFIED_100}.contribute_agree": Row(
        "with points instead of deposits: 15 words, model agrees, fresh record slot", "181,915", limit=68_000
    ),
    f"{GAMIFIED_100}.contribute_agree_reused": Row("the same, in a finished record's slot", limit=52_000),
    f"{GAMIFIED_100}.validate": Row("author gets the points", "161,081", limit=62_000),
    f"{GAMIFIED_100}.validate_first": Row("the same, the first entry of a slot of the memory, with a badge"),
    f"{GAMIFIED_100}.validate_batch": Row("per validated sample, all that are due in a batch of 100 at once"),
    f"{GAMIFIED_100}.report": Row("bad data reported, settle_after = 1 day"),
    f"{GAMIFIED_100}.report_settled": Row("the points of reported data taken, settle_after = 1 day"),
    f"{GAMIFIED_100}.defend": Row("author ends a report of data that the model agrees with"),
    f"{P1000}.deploy": Row("1,000 weights", "27,913,444", "1,539,349 / 832,054", 860_000),
    f"{P1000}.contribute_agree": Row("20 words drawn uniformly, model agrees", "254,681", "100,000 / 96,000", 95_000),
    f"{P1000}.contribute_disagree": Row(
        "20 words drawn uniformly, model disagrees", "324,627", "157,000 / 149,000", 146_000
    ),
    f"{P1000}.contribute_agree_every_50th": Row("20 words, no two in one slot, model agrees"),
    f"{P1000}.contribute_disagree_every_50th": Row("20 words, no two in one slot, model disagrees"),
    f"{P1000}.batch_100": Row(
        "per sample of 20 words, in a batch of 100; the model learns from half of them", "-", "14,982 / -", 10_000
    ),
    "imdb_1000.contribute_mean": Row(
        f"IMDB reviews as they are, mean of {IMDB_CONTRIBUTIONS}, from an 8% start", "-", "186,597 / 152,413", 145_000
    ),
    f"{A1000}.deploy": Row("averaged perceptron, 1,000 words"),
    f"{A1000}.contribute_agree": Row("20 words drawn uniformly, the weights agree", limit=100_000),
    f"{A1000}.contribute_disagree": Row("the weights disagree and learn", limit=250_000),
    f"{A1000}.predict_execution": Row("a prediction, without base fee and calldata", limit=85_000),
    f"{A1000}.predict": Row("a transaction that only predicts"),
    f"{A1000}.refund": Row("author gets the deposit back", limit=130_000),
    f"{A1000}.take_share": Row("share of the deposit of bad data, settle_after = 0"),
    f"{A1000}.batch_100": Row("per sample, in a batch of 100; the model learns from half of them", limit=16_000),
    "imdb_1000_averaged.contribute_mean": Row(
        f"averaged perceptron, IMDB reviews as they are, mean of {IMDB_CONTRIBUTIONS}, from an 8% start", limit=240_000
    ),
    **{f"{name}.{key}": figure for name, rows in _MARKETS.items() for key, figure in rows.items()},
    **{key: figure for name, (what, row) in MODELS.items() for key, figure in _model(name, what, row).items()},
}
