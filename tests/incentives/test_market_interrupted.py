"""A market whose provider is interrupted between any two transactions: the same call continues."""

from __future__ import annotations

import pytest

from dcai.incentives.prediction_market.course import Phase


class Stopped(Exception):
    """Stands for whatever ends a process."""


class Mortal:
    """An account that stops right after it has sent so many calls."""

    def __init__(self, account, sends):
        self.address, self.chain, self._account, self._left = account.address, account.chain, account, sends

    def send(self, call):
        receipt = self._account.send(call)
        self._left -= 1
        if self._left == 0:
            raise Stopped
        return receipt


@pytest.mark.parametrize("phase", [Phase.DRAWING, Phase.REVEAL])
def test_opening_and_settling_go_on_wherever_they_were_stopped(stage, chain, phase):
    played = stage(phase)
    account = chain.account(played.provider)
    go_on = played.market.open if phase == Phase.DRAWING else played.market.settle
    stops = 0
    while True:
        try:
            outcome = go_on(played.hidden, sender=Mortal(account, 1))
            break
        except Stopped:
            stops += 1

    assert stops > 1
    if phase == Phase.DRAWING:
        assert played.market.course().phase == Phase.PARTICIPATION
        assert outcome == played.market.course().drawn
    else:
        assert played.market.course().phase == Phase.PAYMENT
        assert chain.balance(played.market.address) == 0
