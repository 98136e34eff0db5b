"""Options that several commands share: they make one argument of a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from dcai.cli.failing import errors_as_one_sentence


def replaced(
    command: Callable[..., None],
    argument: str,
    options: Mapping[str, tuple[Any, object]],
    make: Callable[..., object],
) -> Callable[..., None]:
    """Return a command with options in place of an argument, which is made of them before the command runs.

    Parameters
    ----------
    command
    argument
        The name of a keyword argument.
    options
        Name -> annotation and default.
    make
        Takes the options by name, and returns the argument; an error of ours is one sentence.
    """

    @wraps(command)
    def run(**given: object) -> None:
        chosen = {name: given.pop(name) for name in options}
        with errors_as_one_sentence():
            made = make(**chosen)
        command(**{argument: made}, **given)

    own = inspect.signature(command, eval_str=True).parameters.values()
    parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own if one.name != argument]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in options.items()
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
