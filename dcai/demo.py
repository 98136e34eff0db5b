"""The demonstration: a scenario in which an honest contributor trains a shared model and a hostile one attacks it."""

from __future__ import annotations

from dataclasses import asdict

from dcai.datasets import Dataset
from dcai.errors import InvalidInput
from dcai.simulation.result import Result
from dcai.simulation.scenario.scenario import Scenario, scenario_of

UNIT_WEI = 10**15
"""The demonstration's unit of money."""

# What the demonstration calls the actions of an agent.
_COUNTED = {"contributions": "contribute", "refunds": "refund", "reports": "report", "takes": "take"}

# From the talk: a good agent with deposits of 50 every ten minutes, a bad one with 100 every hour. The hostile one
# comes half way between two turns of the honest one.
_HONEST = {"kind": "Honest", "name": "honest", "deposit": 50, "every": 600, "first": 600, "mistakes": 0, "eagerness": 1}
_HOSTILE = {"kind": "LabelFlipper", "name": "hostile", "deposit": 100, "every": 3_600, "first": 3_300}

# With fewer samples all is over in two days, before anybody's purse could be empty or a deposit be back.
_SMALL = 1_000


PLAIN = "SparsePerceptron"
"""The model that the demonstration's is compared with, under the same attack."""


def scenario(dataset: Dataset, samples: int | None = None, model: str = "AveragedPerceptron") -> Scenario:
    """Return the demonstration as a scenario.

    The terms are the talk's, waits of a day and 10,000 units for each contributor; for small data an hour and 600
    units. Five minutes after the last contribution, which is as close as the two come, one costs 42 units.

    Parameters
    ----------
    dataset
        Two classes.
    samples
        How many of the training samples to use, the initial ones included; all if left out.
    model
        The name of its class.

    Raises
    ------
    InvalidInput
        If the data has other than two classes, or fewer than 25 samples, or more than there are, are asked for.
    """
    given = len(dataset.train_labels)
    if len(dataset.labels) != 2:
        raise InvalidInput(f"The demonstration takes data of two classes; {dataset.name} has {len(dataset.labels)}.")
    if samples is not None and samples < 25:
        raise InvalidInput(f"The demonstration needs 25 samples or more, so that 8% are at least two, not {samples}.")
    if samples is not None and samples > given:
        raise InvalidInput(f"{dataset.name} has {given:,} training samples, not {samples:,}.")
    wait, balance = (3_600, 600) if (samples or given) < _SMALL else (86_400, 10_000)
    data: dict[str, object] = {"name": dataset.name, "shuffle": False, "initial": 0.08}
    table = {
        "title": f"A shared model under attack: {dataset.title}",
        "unit": UNIT_WEI,
        "data": data if samples is None else {**data, "samples": samples},
        "model": {"kind": model},
        "incentive": {
            "kind": "DepositRefundTake",
            "weight": UNIT_WEI // 5,
            "minimum": UNIT_WEI,
            "refund_after": wait,
            "settle_after": wait,
            "creator_take_after": 8 * wait,
            "take_after": 9 * wait,
            "size_unit": 250,
        },
        "agents": [{**_HONEST, "balance": balance}, {**_HOSTILE, "balance": balance}],
    }
    return scenario_of(table, "The demonstration")


def counts(result: Result) -> dict[str, dict[str, int]]:
    """Return how many contributions, refunds, reports and takes each contributor made."""
    return {
        one.name: {name: one.done.get(function, 0) for name, function in _COUNTED.items()} for one in result.outcomes
    }


def summary(result: Result) -> dict[str, object]:
    """Return what `dcai demo --json` prints."""
    found = result.audit
    return {
        "data": result.data,
        "backend": result.backend,
        "trainer": result.trainer,
        "accuracy": {
            "initial": result.initial,
            "final": result.final,
            "late": asdict(result.late),
            "baseline": result.baseline,
            "passes": list(result.alone),
        },
        "balances_wei": {one.name: {"start": one.start_wei, "end": one.end_wei} for one in result.outcomes},
        "gas": {one.name: one.gas for one in result.outcomes},
        "counts": counts(result),
        "owed_wei": None if found is None else found.owed_wei,
        "contract_balance_wei": None if found is None else found.balance_wei,
        "audit_problems": None if found is None else list(found.problems),
    }
