"""A conformance suite for models: a contract and its twin, compared integer for integer.

For whoever writes a model. `check_model` runs all checks; `model_checks` yields them for pytest. They need of a model:

- a twin that derives from `dcai.models.Model` and keeps to what its methods promise: `fit`, `partial_fit`, `predict`,
  `scores`, `decision_function` for rows; `pack`, `unpack`, `size_of`, `learn`, `label_of`, `scores_of`, `explain` for
  samples as the contract gets them; `settings`, `parameters`, `from_parameters`, `parameter_bytes`, `contract`,
  `add_class` for what the contract holds; `to_dict` and `from_dict` for files; `touched` and `learn_gas` for batches;
- `dense`: its samples are signed bytes of one norm (`dcai.encoders.VectorEncoder`), or else feature indices;
- that parameters of nothing but zeros are those of a model that has learnt nothing;
- room for 64 features;
- its contract, joined with `DepositRefundTake` and made known by `dcai.deployment.register`.
"""

from dcai.testing.suite import Check, check_model, model_checks

__all__ = ["Check", "check_model", "model_checks"]
