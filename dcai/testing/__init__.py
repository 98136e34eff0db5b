"""Conformance suites for models and for incentives: a contract and its twin, compared integer for integer.

For authors of either.

`check_model` runs all checks of a model; `model_checks` yields them for pytest. They need:

- a twin that derives from `dcai.models.twins.Twin` (`SparseTwin`, `DenseTwin`) and keeps to what its methods promise,
  with the names of its Solidity models as `contracts`;
- an estimator, `class …(dcai.Model)` with that twin as its `twin_type`, which is given with its `classes`;
- `dense`: its samples are signed bytes of one norm (`dcai.encoders.VectorEncoder`), or else feature indices;
- that parameters of nothing but zeros are those of a model that has learnt nothing;
- room for 64 features;
- its contract, joined with `DepositRefundTake` and made known by `dcai.trainer.products.register`.

`check_incentive` and `incentive_checks` do the same for an incentive, with every model that there is a contract for.
They need:

- the settings, a class that derives from `dcai.Incentive`; `packed` and `from_packed` are what a trainer's code holds;
- a trainer that goes with it, ``class …(dcai.Trainer[…], incentive=…)``, whose history replays the incentive's events,
  so that the records follow from the log;
- that whatever claims something takes a contribution and its slot first, as `IDepositRefundTake.refund` does, and then
  positions of a batch where there are more arguments: claims are found in the ABI, and everybody tries them.
"""

from dcai.testing.incentive import IncentiveCheck, check_incentive, incentive_checks
from dcai.testing.suite import Check, check_model, model_checks

__all__ = ["Check", "IncentiveCheck", "check_incentive", "check_model", "incentive_checks", "model_checks"]
