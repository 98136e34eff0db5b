"""What people hold of a market: settling from wherever it is, the hidden test set, what is refused beforehand."""

from __future__ import annotations

import json
import stat

import pytest
from eth_utils.crypto import keccak

import dcai
from dcai import errors
from dcai.chain.header import header
from dcai.errors import InvalidInput
from dcai.incentives.prediction_market import settling
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.test_set import HiddenTestSet
from tests.market_stage import EVALUATE, OPEN, PARTICIPATE, REVEAL, ROUNDS, Stage


class Killed(Exception):
    """The process ended."""


@pytest.fixture
def stage(chain):
    """Return a function that makes a market and brings it to a phase."""
    return lambda phase, *, contribute=True, **terms: Stage(chain, **terms).to(phase, contribute=contribute)


@pytest.fixture
def small_calls(monkeypatch):
    """Let a transaction hold about two contributions, so that evaluating takes several."""
    monkeypatch.setattr(settling, "_MAX_CALLDATA", 1_500)


def kill_at(monkeypatch, chain, number, *, sent):
    """Let the process end at a transaction, before or after it was sent."""
    send, left = chain.send, number

    def dying(*args, **more):
        nonlocal left
        left -= 1
        if left == 0 and not sent:
            raise Killed
        receipt = send(*args, **more)
        if left == 0:
            raise Killed
        return receipt

    monkeypatch.setattr(chain, "send", dying)


def settled_with_one_death(market, monkeypatch, number, sent, people):
    """Settle, ending at a transaction, then again; return what people got, and whether there was such a transaction."""
    chain = market.chain
    before = {person: chain.balance(person) for person in people}
    died = False
    with monkeypatch.context() as patch:
        kill_at(patch, chain, number, sent=sent)
        try:
            market.market.settle(market.hidden, sender=market.carol, progress=False)
        except Killed:
            died = True
    if died:
        market.market.settle(market.hidden, sender=market.carol, progress=False)
    return {person: chain.balance(person) - before[person] for person in people}, died


@pytest.mark.parametrize("sent", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("phase", [Phase.REVEAL, Phase.FAILED], ids=lambda phase: phase.name)
def test_settling_that_was_killed_at_any_transaction_ends_with_the_same_payments(
    stage, chain, monkeypatch, small_calls, phase, sent
):
    market = stage(phase, per_pass=1)
    people = (market.provider, market.alice, market.bob)
    expected, number, died = None, 0, True
    while died:
        number += 1
        snapshot = chain.snapshot()
        gained, died = settled_with_one_death(market, monkeypatch, number, sent, people)
        assert chain.balance(market.market.address) == 0
        assert market.market.audit().ok
        expected = expected or gained
        assert gained == expected, f"killed at transaction {number}"
        chain.revert(snapshot)

    # nobody died: all transactions were tried
    assert sum(expected.values()) == (5 + ROUNDS) * market.stake
    assert number - 1 == (9 if phase == Phase.REVEAL else 4)


def test_opening_that_was_killed_goes_on(stage, chain, monkeypatch):
    for number in (1, 2):
        for sent in (False, True):
            market = stage(Phase.DRAWING)
            with monkeypatch.context() as patch:
                kill_at(patch, chain, number, sent=sent)
                with pytest.raises(Killed):
                    market.market.open(market.hidden)
            portion = market.market.open(market.hidden)
            assert market.market.open(market.hidden) == portion == market.market.course().drawn
            assert market.market.course().phase == Phase.PARTICIPATION


@pytest.mark.parametrize("function", ["send", "estimate"])
def test_others_may_push_between_any_two_steps(stage, chain, monkeypatch, small_calls, function):
    alone = stage(Phase.EVALUATION, per_pass=1)
    expected = {alone.alice: 0, alone.bob: 0, alone.provider: 0} | alone.market.settle(progress=False)
    for every in (1, 2, 3):
        market = Stage(chain, per_pass=1).to(Phase.EVALUATION)
        original, calls, pushing = getattr(chain, function), 0, False

        def meanwhile(*args, original=original, every=every, market=market, **more):
            nonlocal calls, pushing
            answer = original(*args, **more)
            if not pushing:
                calls, pushing = calls + 1, True
                if calls % every == 0 and market.market.course().phase == Phase.EVALUATION:
                    others = market.replay()
                    others.catch_up()
                    others.push(1, sender=market.bob)
                pushing = False
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(chain, function, meanwhile)
            payments = market.market.settle(sender=market.carol, progress=False)
        assert payments.keys() == {person for person, amount in expected.items() if amount}
        owed = market.replay().owed()
        assert {person: payments[person] for person in owed} == owed
        assert chain.balance(market.market.address) == 0


def test_others_may_pay_between_any_two_payments(stage, chain, monkeypatch):
    for phase in (Phase.PAYMENT, Phase.FAILED):
        market = stage(phase)
        if phase == Phase.PAYMENT:
            last = ("collect", market.bob)
        else:
            entry = list(market.market.history().entries.values())[-1]
            last = ("reclaim", entry.claim(), entry.slot)
        send = chain.send

        def meanwhile(*args, send=send, market=market, last=last, **more):
            receipt = send(*args, **more)
            monkeypatch.setattr(chain, "send", send)  # once
            market.send(*last, sender=market.bob)
            return receipt

        monkeypatch.setattr(chain, "send", meanwhile)
        payments = market.market.settle(sender=market.carol, progress=False)

        assert market.provider in payments
        assert chain.balance(market.market.address) == 0


def test_settling_waits_for_nobody_it_needs(stage, refused):
    for phase in (Phase.PREPARED, Phase.DRAWING, Phase.OPENING, Phase.PARTICIPATION, Phase.UNOPENED, Phase.FORFEITED):
        market = stage(phase)
        with refused(errors.WrongPhase):
            market.market.settle(market.hidden, progress=False)
    market = stage(Phase.REVEAL)
    with refused(errors.WrongPhase, "reveal the test set"):
        market.market.settle(progress=False)


def test_scores_tell_what_each_turn_was_worth_once_the_test_set_is_known(stage, refused):
    market = stage(Phase.REVEAL)
    with refused(errors.WrongPhase):
        market.market.scores()
    market.reveal_all()

    scores = market.market.scores()

    assert [(one.number, one.author, one.samples) for one in scores] == [
        (1, market.alice, 1),
        *((number, market.bob, 1) for number in (3, 4, 5)),
        (6, market.alice, 1),
    ]
    owed = market.replay().owed()
    for person in owed:
        gain = sum(one.gain for one in scores if one.author == person)
        stakes = sum(one.samples for one in scores if one.author == person) * market.stake
        assert owed[person] == stakes + gain * market.market.incentive.unit_wei


def test_each_phase_tells_when_it_ends(stage, chain):
    for phase, length in (
        (Phase.DRAWING, OPEN),
        (Phase.OPENING, OPEN),
        (Phase.PARTICIPATION, PARTICIPATE),
        (Phase.REVEAL, PARTICIPATE + REVEAL),
        (Phase.EVALUATION, EVALUATE),
    ):
        course = (market := stage(phase).market).course()
        begin = course.revealed_at or course.opened_at or course.committed_at
        assert market.deadline() == begin + length
    for phase in (Phase.PREPARED, Phase.PAYMENT, Phase.FAILED, Phase.UNOPENED, Phase.FORFEITED):
        assert stage(phase).market.deadline() is None


# What is refused before it is sent


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
        ({"draw_after": 0}, ("draw_after", "1 to 127")),
        ({"draw_after": 128}, ("draw_after", "1 to 127")),
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
def test_settings_out_of_their_range_are_told(terms, words):
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
            group_by_participant=True,
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
        (0, b"\0\0\0\0\0\0\0\0\1"),  # no multiple
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


# Headers


@pytest.mark.parametrize("name", ["py-evm prague", "anvil cancun", "anvil prague", "anvil osaka"])
def test_a_header_is_what_its_blocks_hash_is_made_of(anvil, name):
    backend, hardfork = name.split()
    with dcai.local_chain(backend, hardfork=hardfork) as chain:
        chain.travel(5)
        for number in (0, 1) if backend == "anvil" else (1,):
            told = chain.request("eth_getBlockByNumber", [hex(number), False])["hash"]
            assert keccak(header(chain, number)) == (told if isinstance(told, bytes) else bytes.fromhex(told[2:]))


@pytest.mark.parametrize(
    "change", [{"requestsHash": None}, {"difficulty": "0x1"}, {"targetGas": "0x1", "mixHash": None}]
)
def test_a_chain_whose_headers_have_other_fields_is_told(chain, monkeypatch, change):
    request = chain.request

    def other(method, params):
        answer = request(method, params)
        return {**answer, **change} if method == "eth_getBlockByNumber" else answer

    chain.travel(5)
    monkeypatch.setattr(chain, "request", other)

    with pytest.raises(errors.NodeError, match="this chain has other fields"):
        header(chain, chain.block_number())
