"""Keys of a scenario that the chosen data and model make no use of: what is set in vain is refused by name."""

from __future__ import annotations

from collections.abc import Mapping

from dcai import datasets, plugins


def idle(data: object, model: object) -> Mapping[str, str]:
    """Return the keys of the table `data` that have no effect, each with the reason.

    Parameters
    ----------
    data, model
        The name of the data set, and the kind of the model; nothing is idle where one is unknown.
    """
    if not isinstance(data, str) or data not in datasets.names():
        return {}
    if datasets.source(data).kind == "text":
        return {"bins": f"{data} holds texts, whose encoder has a vocabulary"}
    kinds = plugins.models()
    if isinstance(model, str) and model in kinds and kinds[model].dense:
        why = f"a {model} takes the columns of {data} as they are"
        return {"vocabulary": why, "bins": why}
    return {"vocabulary": f"{data} holds rows of numbers, whose encoder has bins"}
