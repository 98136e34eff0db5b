"""The committed figures are the contracts' gas, and within their limits."""

import pytest

from dcai.chain.nodes.anvil import find_anvil
from scripts.studies.gas.measure import PAGE, PARTS, drifts, excesses, measure
from scripts.studies.gas.rows import ROWS

committed = PAGE.committed


@pytest.mark.skipif(find_anvil() is None, reason="gas under Osaka's rules needs anvil, which is not installed")
@pytest.mark.parametrize("part", PARTS)
def test_the_committed_figures_are_measured_again_to_the_unit(part):
    measured = measure([part])

    if not measured:
        pytest.skip("real reviews are measured where DCAI_DATA_DIR has them")
    assert measured == {name: value for name, value in committed().items() if name in measured}


def test_every_figure_of_the_table_is_committed_and_nothing_else():
    assert list(committed()) == sorted(ROWS)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.limit is not None])
def test_no_committed_figure_is_above_its_limit(name):
    assert committed()[name] <= ROWS[name].limit


def test_every_figure_that_drifts_appears_or_disappears_is_named():
    snapshot = {"drifted": 1_000, "gone": 3, "same": 5}

    found = drifts({"drifted": 1_200, "new": 4, "same": 5}, snapshot)

    assert found == [
        "drifted: 1,000 in gas.json, now 1,200 (+200)",
        "gone: 3 in gas.json, no longer measured",
        "new: 4, not in gas.json",
    ]


def test_a_figure_above_its_limit_is_named():
    at_the_limit = {name: row.limit for name, row in ROWS.items() if row.limit is not None}
    above = at_the_limit | {"sparse_perceptron_100.refund": 62_001}

    assert excesses(at_the_limit) == []
    assert excesses(above) == ["sparse_perceptron_100.refund: 62,001, limit 62,000"]
