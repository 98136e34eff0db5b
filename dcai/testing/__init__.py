"""Conformance suites for models and for incentives: a contract and its twin, compared integer for integer.

They are for authors of a model or an incentive.

`check_model` runs all checks of a model; `model_checks` gives them to pytest one by one. They need:

- a twin that derives from `dcai.models.twins.Twin` (`SparseTwin`, `DenseTwin`) and keeps the promises of its methods,
  with the names of its Solidity models as `contracts`;
- an estimator, `class …(dcai.Model)` with that twin as its `twin_type`, which is given with its `classes`;
- `dense`: whether its samples are signed bytes of one norm (`dcai.encoders.VectorEncoder`) or feature indices;
- parameters of zeros only in a model that has learnt nothing;
- room for 64 features;
- its contract, joined with `DepositRefundTake` and made known by `dcai.artifacts.add`.

`check_incentive` and `incentive_checks` do the same for an incentive, with every model that has a contract for it. They
need:

- the settings, a class that derives from `dcai.Incentive`; `packed` and `from_packed` write and read a trainer's code;
- the trainer that belongs to it, ``class …(dcai.Trainer[…], incentive=…)``; its history replays the incentive's events,
  so that the records follow from the log;
- claims whose first arguments are a contribution and its slot, as in `IDepositRefundTake.refund`. Further arguments are
  positions of a batch. The suite finds the claims in the ABI, and everybody tries them.
"""

from dcai.testing.incentive import IncentiveCheck, check_incentive, incentive_checks
from dcai.testing.suite import Check, check_model, model_checks

__all__ = ["Check", "IncentiveCheck", "check_incentive", "check_model", "incentive_checks", "model_checks"]
