"""The inputs of a market: settings, the hidden test set and its file, and refusals before sending."""

from __future__ import annotations

import json
import stat

import pytest

import dcai
from dcai import errors
from dcai.errors import InvalidInput
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from tests.support.market_stage import ROUNDS, Stage


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"stake_wei": 0}, ("stake_wei", "from 1 to", "not 0")),
        ({"stake_wei": 2**72}, ("stake_wei", str(2**72 - 1))),
        ({"stake_wei": 18.0}, ("stake_wei", "whole number", "18.0")),
        ({"stake_wei": True}, ("stake_wei", "True")),
        ({"stake_wei": 19}, ("multiple of the number of test samples", "18", "not 19", "36")),
        ({"portions": 1}, ("portions", "2 to 255")),
        ({"portions": 256}, ("portions", "2 to 255")),
        ({"portion_size": 0}, ("portion_size", "1 to 65535")),
        ({"portion_size": 8_000}, ("72,000", "65,535")),
        ({"per_pass": 0}, ("per_pass", "1 to 9")),
        ({"per_pass": 10}, ("per_pass", "1 to 9")),
        ({"draw_after": 1}, ("draw_after", "2 to 127")),
        ({"draw_after": 128}, ("draw_after", "2 to 127")),
        ({"stake_wei": 2**70, "portion_size": 1, "portions": 2}, ("stake_wei", "2^64", str(2**64))),
        ({"turn_samples": 0}, ("turn_samples", "1 to 256")),
        ({"turn_samples": 257}, ("turn_samples", "1 to 256")),
        ({"turn_samples": 100, "most_samples": 99}, ("turn_samples", "1 to 99", "not 100")),
        ({"most_samples": 0}, ("most_samples", "1 to 65535")),
        ({"most_samples": 65_536}, ("most_samples", "1 to 65535")),
        ({"size_unit": 0}, ("size_unit", "1 to 65535")),
        ({"size_unit": "250"}, ("size_unit", "'250'")),
        ({"participate": 0}, ("participate", "not 0")),
        ({"open_within": 2**32}, ("open_within", "2^32")),
        ({"reveal_within": "soon"}, ("soon",)),
        ({"evaluate_within": 0}, ("evaluate_within",)),
    ],
    ids=str,
)
def test_settings_out_of_their_range_are_reported(terms, words):
    with pytest.raises(InvalidInput) as caught:
        dcai.PredictionMarket(**{"stake_wei": 18, "portion_size": 2, **terms})

    for word in words:
        assert word in str(caught.value)


def test_settings_survive_the_word_that_the_contract_keeps():
    for given in (
        dcai.PredictionMarket(stake_wei=18, portion_size=2),
        dcai.PredictionMarket(
            stake_wei=2**72 // 65_535 * 65_535,
            portions=256 - 1 - 253,
            portion_size=65_535,
            open_within=1,
            participate=2**32 - 1,
            reveal_within=3,
            evaluate_within=4,
            per_pass=1,
            draw_after=127,
            turn_samples=7,
            most_samples=7,
            size_unit=9,
        ),
    ):
        again = dcai.PredictionMarket.from_packed(given.packed(), given.size_unit)
        assert again.packed() == given.packed()
        assert (again.times(), again.passes, again.tests) == (given.times(), given.passes, given.tests)


def test_the_contract_refuses_settings_that_python_does(chain, stage, monkeypatch, refused):
    market = stage(Phase.PREPARED).market
    good, model = market.incentive, market.model()
    packed = good.packed()
    for start, wrong in (
        (0, bytes(9)),  # no stake
        (0, b"\xff" * 8 + packed[8:25] + b"\x7f\xff"),  # a stake of more than 72 bits
        (8, b"\1" + packed[9:30] + b"\0\1"),  # a turn of two samples, where one is taken
        (9, bytes(4)),
        (13, bytes(4)),
        (17, bytes(4)),
        (21, bytes(4)),
        (25, bytes(2)),  # the portions' size
        (25, b"\xff\xff"),
        (27, b"\1"),  # how many
        (28, b"\0"),  # a pass
        (28, b"\3"),
        (29, b"\0"),  # blocks to the draw
        (30, bytes(2)),  # most samples
    ):
        word = packed[:start] + wrong + packed[start + len(wrong) :]
        monkeypatch.setattr(dcai.PredictionMarket, "packed", lambda _, word=word: word)
        with refused(errors.BadSetting):
            dcai.deploy(chain, model, good, name="wrong")


def test_a_test_set_has_as_many_samples_as_the_portions_and_known_labels(stage, refused):
    market = stage(Phase.PREPARED).market
    six = [[0], [1], [2], [3], [4], [5]]

    with refused(InvalidInput, "3 portions of 2", "not 5"):
        market.test_set(six[:5], [0, 1, 0, 1, 0])
    with refused(InvalidInput, "6 inputs and 5 labels"):
        market.test_set(six, [0, 1, 0, 1, 0])
    with refused(errors.UnknownLabel, "no class 2"):
        market.test_set(six, [0, 1, 0, 1, 0, 2])
    with refused(InvalidInput):
        market.test_set([*six[:5], [12]], [0, 1, 0, 1, 0, 1])
    with refused(InvalidInput, "3 portions of one size", "give 3"):
        HiddenTestSet.of([b"\0\1"] * 5, [0] * 5, 3)


def test_a_test_set_of_another_form_or_a_bounty_that_is_none_isnt_committed(stage, refused):
    market = stage(Phase.PREPARED)
    hidden, bounty = market.hidden, ROUNDS * market.stake

    for wrong in (0, -1, market.stake + 1, 1.5 * market.stake, float(bounty), "7", None, True):
        with refused(InvalidInput, "multiple of the stake", market.stake):
            market.market.commit(hidden, bounty_wei=wrong)
    for portions in (hidden.portions[:2], (*hidden.portions[:2], hidden.portions[2] + hidden.portions[2][32:]), ()):
        with refused(InvalidInput, "3 portions of 2 samples"):
            market.market.commit(HiddenTestSet(portions), bounty_wei=bounty)
    sample, label = b"\0\1", b"\1"
    for broken in (
        b"\2" + len(sample).to_bytes(2, "big") + sample,  # no such label
        label + (3).to_bytes(2, "big") + sample,  # cut off
        label + (2).to_bytes(2, "big") + b"\0\x0c",  # no such feature
        label + (0).to_bytes(2, "big"),
    ):
        portion = hidden.portions[2][:32] + label + b"\0\2" + sample + broken
        with refused(InvalidInput, "portion 2"):
            market.market.commit(HiddenTestSet((*hidden.portions[:2], portion)), bounty_wei=bounty)


def test_a_pass_that_no_transaction_holds_isnt_committed(chain, refused):
    market = Stage(chain, portions=3, portion_size=9_000)

    with refused(InvalidInput, "per_pass", "smaller portions"):
        market.market.commit(market.hidden, bounty_wei=market.stake)


def test_a_hidden_test_set_is_kept_in_a_file_that_only_its_owner_reads(stage, tmp_path):
    hidden = stage(Phase.PREPARED).hidden
    path = tmp_path / "hidden.json"
    for _ in range(2):
        hidden.save(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert HiddenTestSet.load(path) == hidden
        path.chmod(0o644)  # as if it had been there


def test_what_holds_no_test_set_isnt_loaded(tmp_path):
    path = tmp_path / "wrong.json"
    good = {"format": "dcai hidden test set 1", "portions": ["00"]}
    for wrong in (
        b"",
        b"\xff",
        b"[]",
        json.dumps({**good, "format": "other"}).encode(),
        json.dumps({"format": good["format"]}).encode(),
        json.dumps({**good, "portions": 1}).encode(),
        json.dumps({**good, "portions": ["0"]}).encode(),
        json.dumps({**good, "portions": [1]}).encode(),
    ):
        path.write_bytes(wrong)
        with pytest.raises(InvalidInput, match=r"wrong\.json holds no hidden test set"):
            HiddenTestSet.load(path)
    with pytest.raises(InvalidInput, match="can't be read"):
        HiddenTestSet.load(tmp_path / "missing.json")


def test_salts_and_order_differ_unless_a_seed_is_given():
    samples, labels = [bytes([0, at]) for at in range(40)], [0] * 40

    assert HiddenTestSet.of(samples, labels, 4) != HiddenTestSet.of(samples, labels, 4)
    assert HiddenTestSet.of(samples, labels, 4, seed=1) == HiddenTestSet.of(samples, labels, 4, seed=1)
    assert HiddenTestSet.of(samples, labels, 4, seed=1) != HiddenTestSet.of(samples, labels, 4, seed=2)
    salts = {content[:32] for content in HiddenTestSet.of(samples, labels, 4).portions}
    assert len(salts) == 4
