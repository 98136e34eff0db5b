"""The data sets that scikit-learn ships, shuffled and split 70/30, stratified by class, with a fixed seed."""

from __future__ import annotations

from dcai.datasets.catalogue import Source
from dcai.datasets.dataset import Dataset

TEST_SHARE = 0.3
SPLIT_SEED = 0

LOADERS = {
    "breast-cancer": "load_breast_cancer",
    "digits": "load_digits",
    "iris": "load_iris",
    "wine": "load_wine",
}
"""The functions of `sklearn.datasets`."""


def load_builtin(row: Source) -> Dataset:
    """Load a set that scikit-learn ships; the seed of the split is `SPLIT_SEED`."""
    import sklearn.datasets
    from sklearn.model_selection import train_test_split

    bunch = getattr(sklearn.datasets, LOADERS[row.name])()
    train_inputs, test_inputs, train_labels, test_labels = train_test_split(
        bunch.data.astype(float),
        bunch.target.astype(int),
        test_size=TEST_SHARE,
        random_state=SPLIT_SEED,
        stratify=bunch.target,
    )
    return Dataset(
        name=row.name,
        title=row.title,
        labels=tuple(str(label) for label in bunch.target_names),
        kind="table",
        train_inputs=train_inputs,
        train_labels=train_labels,
        test_inputs=test_inputs,
        test_labels=test_labels,
        feature_names=tuple(str(feature) for feature in bunch.feature_names),
    )
