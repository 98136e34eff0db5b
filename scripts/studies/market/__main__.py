"""Hold the talk's prediction market, and others like it: `python -m scripts.studies.market`.

Writes docs/market.md and its pictures. Before that, a shorter market is held by the deployed contract, which must pay
to the wei what is computed here.
"""

from __future__ import annotations

import sys

from rich.progress import Progress

from dcai.datasets import DataUnavailable
from scripts.studies.market.measure import PAGE, SEEDS, compare, figures, fill, hold, load


def main() -> None:
    """Hold the markets, and write the page."""
    try:
        data = load()
    except DataUnavailable as error:
        sys.exit(f"docs/market.md is unchanged: {error}")
    with Progress() as progress:
        by_contract = progress.add_task("By the contract", total=2)
        seeds = progress.add_task(f"{SEEDS} seeds", total=SEEDS)
        compare(data)
        progress.advance(by_contract)
        filled = fill(data)
        progress.advance(by_contract)
        runs = hold(data, lambda: progress.advance(seeds))
    PAGE.write(figures(runs, filled))


if __name__ == "__main__":
    main()
