"""Flip, report, unflip: turn the model, claim the deposits of honest people, turn it back, all in one transaction.

The third fault of the reference. The attacker is a contract with one good contribution; the victims are five honest
people whose data the model agrees with and whose deposits are due, and who look after them once a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import dcai
from dcai import errors
from dcai.chain.codec import codec
from dcai.incentives.deposit_refund_take.errors import NotReported
from dcai.samples import pack_sparse

VICTIMS = 5
FEATURES = 20
FLIP = list(range(450))
PLENTY = 10**19


@dataclass
class Attack:
    """A trainer, the victims' open contributions, and the attacker."""

    chain: dcai.Chain
    trainer: dcai.Trainer
    attacker: object
    start_wei: int
    deposits: list

    def worth(self):
        """Return the attacker's money: the contract's and that of the person who pays its gas."""
        return self.chain.balance(self.attacker.address) + self.chain.balance(self.attacker.owner)

    def flip_and(self, claim):
        """Turn the model, claim each deposit, turn the model back: one transaction."""
        now = self.chain.now()
        _, _, last = self.chain.read("ITrainer", self.trainer.address, "progress")
        to_flip = self.trainer.incentive.price(now - last, (len(FLIP),))
        to_unflip = self.trainer.incentive.price(0, (len(FLIP),))
        sample = pack_sparse(FLIP)
        self.attacker.execute(
            self._call("contribute", sample, 0, 0, value=to_flip),
            *(self._call(claim, deposit.entry.claim(), deposit.entry.slot) for deposit in self.deposits),
            self._call("contribute", sample, 1, 0, value=to_unflip),
            value=to_flip + to_unflip,
        )
        return to_flip

    def fetch_the_unflip(self):
        """Refund the second contribution, which the model agrees with, a day later."""
        unflip = self.trainer.contributions()[-1].entry
        self.attacker.ask(self.trainer.address, "refund", unflip.claim(), unflip.slot)

    def _call(self, function, *args, value=0):
        return self.trainer.address, value, codec("SparsePerceptronDRT").call(function, *args)


@pytest.fixture
def attack_on(launch, chain, people, new_wallet):
    """Return a function that prepares the attack on a trainer with given terms."""

    def prepare(**terms):
        trainer = launch((1,) * (VICTIMS * FEATURES) + (0,) * (len(FLIP) - VICTIMS * FEATURES), **terms)
        attacker = new_wallet(chain, people[9])
        start = chain.balance(attacker.owner)
        first = attacker.contribute(trainer, [0], 1, trainer.quote().deposit_wei)
        chain.travel("1 day")
        attacker.ask(trainer.address, "refund", first.entry.claim(), first.entry.slot)
        deposits = []
        for victim in range(VICTIMS):
            features = list(range(victim * FEATURES, (victim + 1) * FEATURES))
            deposits.append(trainer.contribute(features, "yes", sender=people[1 + victim]))
            chain.travel("1 hour")
        chain.travel("30 hours")
        return Attack(chain, trainer, attacker, start, deposits)

    return prepare


def test_the_attack_pays_if_a_share_can_be_taken_at_once(attack_on, chain, refused):
    attack = attack_on(settle_after=0)
    model = attack.trainer.model().parameters()

    flip_wei = attack.flip_and("take")

    assert attack.trainer.model().parameters() == model
    for deposit in attack.deposits:
        with refused(errors.NothingLeft):
            deposit.refund()
    chain.travel("1 day")
    attack.fetch_the_unflip()
    profit = attack.worth() - attack.start_wei
    taken = sum(deposit.entry.deposit_wei for deposit in attack.deposits)
    print(f"settle_after=0: took {taken:,} wei, left {flip_wei:,} behind, gained {profit:,} with all gas paid")
    assert 0 < profit < taken - flip_wei


def test_the_attack_loses_by_default_against_victims_who_check_once_a_day(attack_on, chain, refused):
    attack = attack_on()
    model = attack.trainer.model().parameters()

    flip_wei = attack.flip_and("report")

    assert attack.trainer.model().parameters() == model
    chain.travel("12 hours")
    assert [deposit.refund() for deposit in attack.deposits] == [d.entry.deposit_wei for d in attack.deposits]
    chain.travel("12 hours")
    with refused(errors.NothingLeft):
        attack.flip_and("take")
    attack.fetch_the_unflip()
    profit = attack.worth() - attack.start_wei
    print(f"settle_after=1 day: took 0 wei, left {flip_wei:,} behind, lost {-profit:,} with all gas paid")
    assert profit < -flip_wei


def test_a_report_and_a_take_a_day_apart_are_both_needed(attack_on, chain, refused):
    attack = attack_on()

    with refused(NotReported, attack.attacker.address):
        attack.flip_and("take")
    attack.flip_and("report")
    chain.travel("23 hours")
    with refused(errors.TooEarly, "in 59 minutes"):
        attack.flip_and("take")
