"""Make every page of docs/ again from its committed figures: `python -m scripts.studies`."""

from __future__ import annotations

from scripts.studies.accuracy import measure as accuracy
from scripts.studies.attacks import measure as attacks
from scripts.studies.bench import simulation, throughput
from scripts.studies.gas import measure as gas
from scripts.studies.market import measure as market

STUDIES = (accuracy, attacks, throughput, simulation, gas, market)

# a study that has changed has no figures until it has run
PAGES = tuple(study.PAGE for study in STUDIES if study.PAGE.data.exists())

if __name__ == "__main__":
    for page in PAGES:
        page.write(page.committed())
