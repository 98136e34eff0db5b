"""Write docs/attacks.md: what each attack costs, earns and does, and the talk's findings: `make attacks`.

Runs are kept in build/attacks, so that a second start goes on where the first was.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dcai.simulation.scenario.scenario import load_scenario
from scripts.studies import ROOT
from scripts.studies.attacks import deposits as attacks_deposits
from scripts.studies.attacks import market as attacks_market
from scripts.studies.attacks import points as attacks_points
from scripts.studies.attacks import talk as attacks_talk
from scripts.studies.attacks.runs import ATTACKS, RunFailed, Runner

PAGE = ROOT / "docs" / "attacks.md"

INTRODUCTION = """\
# Attacks

Made by `make attacks`, which runs all of this again; not written by hand. Every figure is a mean over {seeds} seeds
with its 95% confidence interval; every run is the deployed bytecode on a local anvil, with the gas of every transaction
paid out of the agents' money at {gwei:g} gwei, and audited word for word in the end. Money is in units of {ether:g}
ether. All but the talk's runs are on {data}, which is small, so that each can be made often.

"""


def main(
    seeds: Annotated[int, typer.Option(min=2, help="How many of each.")] = 20,
    jobs: Annotated[int, typer.Option(min=1, help="How many processes.")] = 2,
) -> None:
    """Run everything that isn't there yet, and write the page."""
    runner, scenario = Runner(seeds, jobs), load_scenario(ATTACKS / "base.toml")
    page = INTRODUCTION.format(
        seeds=seeds, gwei=scenario.gas_price / 10**9, ether=scenario.unit / 10**18, data=scenario.data.name
    )
    try:
        for part in (attacks_talk.part, attacks_deposits.part, attacks_points.part, attacks_market.part):
            page += part(runner)
    except RunFailed as error:
        sys.exit(f"docs/attacks.md is left as it is: {error}")
    PAGE.write_text(page.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
