"""A provider opens a portion only when no reorganisation can bring another draw."""

from __future__ import annotations

import numpy as np
import pytest

from dcai.chain.rpc import RpcFailure
from dcai.incentives.prediction_market.course import Phase
from dcai.incentives.prediction_market.errors import WrongPhase
from tests.support.market_play import fitted, prepared, terms

PORTIONS = 5


@pytest.fixture
def committed(node_chain):
    """Return a market on a node whose provider has committed, and its test set."""
    random = np.random.default_rng(3)
    model, samples = fitted("SparsePerceptronPM", random)
    incentive = terms(PORTIONS, 2, open_within="1 day")
    market, hidden = prepared(node_chain, model, incentive, samples, random)
    market.commit(hidden, bounty_wei=7 * incentive.stake_wei)
    return market, hidden


def reorganise(market, committed_in):
    """Replace the blocks since the commitment, that of the draw and its target among them, so that another is drawn.

    anvil_reorg always gives the new blocks the same randomness; what is mined again after a snapshot has another.
    """
    chain, course, height = market.chain, market.course(), market.chain.block_number()
    drawn = course.drawn
    while drawn == course.drawn:
        chain.revert(committed_in)
        committed_in = chain.snapshot()
        chain.request("anvil_mine", [hex(height - chain.block_number())])
        block = chain.request("eth_getBlockByNumber", [hex(course.target), False])
        drawn = int(block["mixHash"], 16) % PORTIONS


def revealed(market):
    return {event.args["portion"] for event in events(market) if event.name == "Revealed"}


def events(market):
    return [event for log in market.chain.logs(market.address) if (event := market.contract.event(log)) is not None]


def final(market):
    """Return the portion that is drawn as of the latest block that is final, None before."""
    block = market.chain.finalized()
    return market.contract.read("course", block=block)[3] - 1 if block > market.first_block else None


def test_a_reorganisation_changes_the_draw(committed):
    market, _ = committed
    chain = market.chain
    snapshot = chain.snapshot()
    chain.reach(market.course().target + 1)
    market.send(market.prepare.draw())
    first = market.course()
    assert first.phase == Phase.OPENING

    reorganise(market, snapshot)

    assert market.course().drawn is None
    market.send(market.prepare.draw())
    assert market.course().drawn not in (None, first.drawn)


def test_what_is_opened_is_drawn_for_good(committed):
    market, hidden = committed

    portion = market.open(hidden, progress=False)

    assert revealed(market) == {portion} == {final(market)}


def test_a_draw_that_is_reorganised_away_while_it_is_not_final_is_never_opened(committed, monkeypatch):
    market, hidden = committed
    chain, drawn, sent = market.chain, [], []
    finalized, execute, snapshot = chain.finalized, chain.execute, chain.snapshot()

    def once_reorganised():
        if not drawn:
            drawn.append(market.course().drawn)
            reorganise(market, snapshot)
        return finalized()

    def watched(call, *args):
        sent.append(call.what)
        return execute(call, *args)

    monkeypatch.setattr(chain, "finalized", once_reorganised)
    monkeypatch.setattr(chain, "execute", watched)

    portion = market.open(hidden, progress=False)

    assert portion != drawn[0]
    assert revealed(market) == {portion} == {final(market)}
    assert [what for what in sent if what.startswith("Reveal")] == [
        f"Reveal portion {portion} of the test set of 'Play'"
    ]


def test_what_is_waited_for_is_shown(committed, capsys):
    market, hidden = committed

    market.open(hidden)

    told = " ".join(capsys.readouterr().err.split())
    assert "is opened once that block is final: a reorganisation could still bring another draw" in told


def test_where_a_chain_finalizes_nothing_the_portion_is_opened_at_once(committed, monkeypatch):
    market, hidden = committed
    chain, request = market.chain, market.chain.request

    def without(method, params):
        if params[:1] == ["finalized"]:
            raise RpcFailure("unknown block tag")
        return request(method, params)

    monkeypatch.setattr(chain, "request", without)
    market.open(hidden, progress=False)

    assert chain.block_number() == market.course().target + 3


def test_before_the_deadline_the_portion_is_opened_final_or_not(committed, monkeypatch):
    market, hidden = committed
    chain = market.chain
    monkeypatch.setattr(chain, "finalized", lambda: 0)
    reach = chain.reach

    def slowly(number):
        chain.request("evm_increaseTime", [6 * 3_600])
        reach(number)

    monkeypatch.setattr(chain, "reach", slowly)
    market.open(hidden, progress=False)

    course = market.course()
    assert course.phase == Phase.PARTICIPATION
    assert 18 * 3_600 <= course.opened_at - course.committed_at < 24 * 3_600


def test_a_market_that_was_not_opened_in_time_is_reported(committed):
    market, hidden = committed
    market.chain.request("evm_increaseTime", [86_400])
    market.chain.request("evm_mine", [])

    with pytest.raises(WrongPhase, match="wasn't opened in time"):
        market.open(hidden, progress=False)


def test_a_chain_of_this_process_is_not_waited_for(stage, chain):
    market = stage(Phase.DRAWING)

    market.market.open(market.hidden)

    assert chain.block_number() == market.market.course().target + 3
