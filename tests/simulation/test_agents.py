"""Each agent does what its docstring says."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from dcai.samples import unpack_sparse
from dcai.simulation.agents import Contributor, kinds
from dcai.simulation.run import START
from tests.support.simulation import HONEST, played, scenario

pytestmark = pytest.mark.usefixtures("anvil")

FLIPPER = {"kind": "LabelFlipper", "name": "flipper", "balance": 1_000, "every": "30 minutes"}


@cache
def beside_honest(kind, *, every="20 minutes", others=(), terms=(), size=100, honest=(), **fields):
    """Run an agent beside an honest one."""
    one = {"kind": kind, "name": "it", "every": every, **fields}
    return played(scenario({**HONEST, **dict(honest)}, *map(dict, others), one, samples=size, **dict(terms)))


def labels_in_data(run):
    """Return the true labels of each sample of the data, by its bytes."""
    truth = {}
    for at, label in enumerate(run.data.labels.tolist()):
        start, end = run.data.rows.indptr[at : at + 2]
        truth.setdefault(run.data.rows.indices[start:end].astype(">u2").tobytes(), set()).add(label)
    return truth


def is_true(run, entry):
    return entry.label in labels_in_data(run).get(entry.sample, set())


def test_every_agent_says_what_it_hopes_to_gain():
    ours = [kind for kind in kinds().values() if kind.__module__.startswith("dcai.")]

    assert len(ours) >= 11
    for kind in ours:
        assert kind.__doc__ is not None
        assert "Hopes" in kind.__doc__


def test_the_honest_one_contributes_the_truth_and_makes_mistakes_as_often_as_it_is_told():
    honest, careless = beside_honest("Caller"), beside_honest("Caller", honest=(("mistakes", 0.5),))

    assert all(is_true(honest, entry) for entry in honest.by("honest"))
    wrong = [not is_true(careless, entry) for entry in careless.by("honest")]
    assert 0.25 < np.mean(wrong) < 0.75


def test_the_honest_one_feeds_no_model_that_is_no_good():
    eager = beside_honest("Caller", honest=(("eagerness", 1.0),))
    wary = beside_honest("Caller", honest=(("eagerness", -0.6),))

    assert eager.result.course["time"].max() * 2 < wary.result.course["time"].max()


def test_the_caller_asks_and_pays_nothing():
    run = beside_honest("Caller")

    caller = run.outcome("it")
    assert set(caller.done) | set(caller.refused) == {"ask"}
    assert (caller.gain_wei, caller.gas) == (0, 0)
    assert caller.done["ask"] > caller.refused.get("ask", 0)


def test_the_label_flipper_is_always_wrong_and_loses_by_it():
    run = beside_honest("LabelFlipper", every="1 hour", balance=600, deposit=100, deposit_sd=3)

    made = run.by("it")
    assert len(made) > 3
    assert not any(is_true(run, entry) for entry in made)
    assert 80 * 10**15 < np.mean([entry.deposit_wei for entry in made]) < 120 * 10**15
    assert run.outcome("it").gain_wei < 0 < run.outcome("honest").gain_wei


def test_the_random_one_sends_noise_of_ordinary_size():
    run = beside_honest("Random")

    sizes = {len(entry.sample) for entry in run.by("it")}
    assert sizes == {len(entry.sample) for entry in run.by("honest")}
    assert not any(entry.sample in labels_in_data(run) for entry in run.by("it"))
    assert {entry.label for entry in run.by("it")} == {0, 1}


def test_the_targeted_poisoner_mislabels_one_class_only():
    run = beside_honest("TargetedPoisoner", target=1)

    made = run.by("it")
    assert len(made) > 3
    assert {entry.label for entry in made} == {0}
    assert all(labels_in_data(run)[entry.sample] == {1} for entry in made)


def test_the_targeted_poisoner_can_aim_at_one_feature():
    run = beside_honest("TargetedPoisoner", target=0, feature=7)

    made = run.by("it")
    assert len(made) > 3
    assert all(7 in unpack_sparse(entry.sample) and entry.label == 0 for entry in made)


def test_the_duplicator_lives_on_one_sample():
    run = beside_honest("Duplicator", every="5 minutes")

    made = run.by("it")
    assert len(made) > 20
    assert len({entry.sample for entry in made}) < 5
    assert run.outcome("it").done["refund"] > 0.8 * len(made)


def test_the_copycat_sends_what_stands_in_the_log():
    run = beside_honest("Copycat")

    public = [(entry.sample, entry.label) for entry in run.by("honest")]
    assert len(run.by("it")) > 3
    assert all((entry.sample, entry.label) in public for entry in run.by("it"))


def test_the_flooder_repeats_a_few_samples_until_the_model_believes_one_label():
    run = beside_honest("Flooder", every="3 minutes", label=0, samples=2)

    made = run.by("it")
    assert len({entry.sample for entry in made}) <= 2
    assert {entry.label for entry in made} == {0}
    assert not any(is_true(run, entry) for entry in made)
    assert run.outcome("it").done["refund"] > len(made) / 2


def flip(**terms):
    return beside_honest(
        "FlipReportUnflip",
        every="7 minutes",
        balance=3_000,
        prepares=8,
        honest=(("looks_every", "50 minutes"),),
        size=200,
        terms=tuple(terms.items()),
    )


def test_flip_report_unflip_takes_in_the_block_in_which_it_turns_the_model_and_turns_it_back():
    run = flip(settle_after=0)

    takes = run.actions("it", "take")
    attack = run.actions("it")[run.actions("it")["time"] == takes["time"].iloc[0]]
    assert list(dict.fromkeys(attack["function"])) == ["contribute", "take"]
    assert attack["function"].iloc[0] == attack["function"].iloc[-1] == "contribute"
    assert attack["label"].iloc[0] != attack["label"].iloc[-1]
    assert run.outcome("it").gain_wei > 0


def test_flip_report_unflip_loses_where_a_report_must_settle():
    assert flip(settle_after="1 hour").outcome("it").gain_wei < 0


def test_the_sniper_claims_in_the_very_second():
    run = beside_honest("Sniper", others=(tuple(FLIPPER.items()),), size=200)

    made = run.actions("it", "contribute")
    assert made["ok"].sum() == 1
    reports = run.actions("it", "report")
    assert len(reports) > 1
    an_hour_later = {entry.time - START + 3600 for entry in run.by("flipper")}
    begun = run.result.actions["time"].iloc[0] - (run.entries[0].time - START)
    assert len({time - begun for time in reports["time"]} & an_hour_later) > 1


def test_the_sybil_ring_takes_its_own_deposits_back_through_its_members():
    run = beside_honest("SybilRing", members=3, size=200)

    contributions = run.actions("it", "contribute")
    good, bad = contributions[contributions["address"] > 0], contributions[contributions["address"] == 0]
    assert set(good["address"]) == {1, 2}
    assert len(bad) > 3
    takes = run.actions("it", "take")
    ids = set(bad["id"])
    assert takes[takes["id"].isin(ids) & takes["ok"]]["address"].isin([1, 2]).any()


class Verbose(Contributor):
    """Sends samples of its own, of all features that there are."""

    def act(self, rng, view):
        yield from self.contribution(rng, view, view.pack(range(view.features)), 0)


def test_a_sample_that_is_too_large_is_not_sent_but_counted():
    rules = {"kind": "Gamified", "size_unit": 40, "validate_after": "1 hour"}
    run = played(scenario(HONEST, {"kind": "Verbose", "name": "it", "every": "20 minutes"}, **rules))

    refused = run.actions("it")
    assert run.result.stopped is None
    assert len(refused) > 5
    assert set(refused["reason"]) == {"TooLarge"}
    assert (run.outcome("it").gas, run.outcome("it").refused) == (0, {"contribute": len(refused)})
