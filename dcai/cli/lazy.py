"""Commands are files: found by their place, and imported when they are called."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup

from dcai import plugins
from dcai.cli.failing import broken_plugins_as_one_sentence, errors_as_one_sentence, full_output_as_one_sentence
from dcai.cli.values import values_as_one_sentence
from dcai.printing import printable_streams

_DCAI = Path(__file__).parents[1]


class LazyGroup(TyperGroup):
    """The commands of `dcai`: a module in `dcai.cli.commands`, or in the folder `commands` beside an incentive, is one.

    The first line of a module says in `dcai --help` what its command does. It holds a function `run`; or a Typer `app`
    with commands of its own; or a function `command` that makes the one to run, whose options depend on what is known.
    """

    def main(self, *args: Any, **given: Any) -> Any:
        """Run the command line, whatever plugins are broken."""
        with printable_streams(), broken_plugins_as_one_sentence(), full_output_as_one_sentence():
            return super().main(*args, **given)

    def make_context(self, *args: Any, **given: Any) -> Any:
        """Read the arguments, which imports what takes long: Ctrl-C may come then."""
        with errors_as_one_sentence(), values_as_one_sentence():
            return super().make_context(*args, **given)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with errors_as_one_sentence(), values_as_one_sentence():
            return super().invoke(ctx)

    def list_commands(self, ctx: object) -> list[str]:
        """Return the names of all commands."""
        return sorted(_commands())

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """Import a command."""
        # other people's packages are looked through only for what isn't ours
        found = _in(_ours()).get(cmd_name) or _commands().get(cmd_name)
        if found is None:
            return None
        module: Any = importlib.import_module(found.module)
        group = typer.Typer(rich_markup_mode="markdown")
        if hasattr(module, "app"):
            group.add_typer(module.app, name=cmd_name)
        else:
            group.command(cmd_name)(module.command() if hasattr(module, "command") else module.run)
        return typer.main.get_group(group).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command does, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.help()) for name, one in sorted(_commands().items())])


class _Command(NamedTuple):
    module: str
    file: Path

    def help(self) -> str:
        """Return the first line of the module, read from its source."""
        tree = ast.parse(self.file.read_text(encoding="utf-8"))
        return (ast.get_docstring(tree) or "").partition("\n")[0]


def _commands() -> dict[str, _Command]:
    """Return all commands; of two with the same name ours counts."""
    with errors_as_one_sentence():
        return _in(_of_plugins()) | _in(_ours())


def _in(packages: Iterator[tuple[str, Path]]) -> dict[str, _Command]:
    """Return the commands of packages, each with its folder."""
    return {
        one.name.replace("_", "-"): _Command(f"{package}.{one.name}", folder / f"{one.name}.py")
        for package, folder in packages
        for one in pkgutil.iter_modules([str(folder)])
    }


def _ours() -> Iterator[tuple[str, Path]]:
    """Yield the packages of our commands and of those of our incentives, importing none."""
    yield "dcai.cli.commands", _DCAI / "cli" / "commands"
    for folder in (_DCAI / "incentives").glob("*/commands"):
        yield f"dcai.incentives.{folder.parent.name}.commands", folder


def _of_plugins() -> Iterator[tuple[str, Path]]:
    """Yield the packages of the commands of other people's incentives."""
    plugins.load_installed()
    base = sys.modules.get("dcai.incentives.base")  # without it nobody has defined one
    for incentive in plugins.subclasses(base.Incentive) if base else ():
        if not incentive.__module__.startswith("dcai."):
            commands = plugins.room(incentive, "commands")
            if commands is not None:
                yield from ((commands.__name__, Path(folder)) for folder in commands.__path__)
