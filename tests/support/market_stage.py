"""A market in any of its phases, reached by calls of the contract alone, and calls that fit the phase."""

from __future__ import annotations

import numpy as np

from dcai.chain.header import header
from dcai.incentives.prediction_market.course import Phase
from dcai.samples import pack_batch
from tests.support.market_play import Evaluation, Replay, fitted, prepared, terms

OPEN, PARTICIPATE, REVEAL, EVALUATE = 1_000, 2_000, 3_000, 4_000
ROUNDS = 7
NOTHING = Evaluation(b"", [], [], [], [], 1)

ALLOWED = {
    "commit": {Phase.PREPARED},
    "draw": {Phase.DRAWING},
    "reveal": {Phase.OPENING, Phase.REVEAL},
    "contribute": {Phase.PARTICIPATION},
    "contributeBatch": {Phase.PARTICIPATION},
    "evaluate": {Phase.EVALUATION},
    "collect": {Phase.PAYMENT},
    "withdraw": {Phase.PAYMENT},
    "reclaim": {Phase.FAILED},
    "forfeit": {Phase.PAYMENT, Phase.FAILED, Phase.UNOPENED},
}


class Stage:
    """A market with its test set and people; contributions, where it is past them, are Alice's, Bob's batch, Alice's.

    Attributes
    ----------
    market : MarketTrainer
    hidden : HiddenTestSet
        May be put in place of by a test, before the commitment.
    """

    def __init__(self, chain, seed=1, **others):
        self.chain = chain
        self.provider, self.alice, self.bob, self.carol = chain.accounts[:4]
        times = {"open_within": OPEN, "participate": PARTICIPATE, "reveal_within": REVEAL, "evaluate_within": EVALUATE}
        random = np.random.default_rng(seed)
        model, samples = fitted("SparsePerceptronPM", random)
        incentive = terms(**{"portions": 3, "portion_size": 2, **times, **others})
        self.market, self.hidden = prepared(chain, model, incentive, samples, random)
        self.stake = incentive.stake_wei
        self.samples = [model.pack(samples.features()) for _ in range(5)]

    def to(self, phase, *, contribute=True):
        """Advance the market to a phase; return it."""
        if phase == Phase.PREPARED:
            return self
        self.send("commit", self.hidden.hashes, value=ROUNDS * self.stake)
        if phase in (Phase.UNOPENED, Phase.FORFEITED):
            self.chain.travel(OPEN)
            if phase == Phase.FORFEITED:
                self.send("forfeit")
        elif phase > Phase.DRAWING:
            self._draw(phase, contribute)
        assert self.market.course().phase == phase
        return self

    def send(self, function, *args, sender=None, value=0):
        """Call a function; by the provider, where it is nobody else."""
        return self.market.send(self.market.contract.call(function, *args, value=value), sender or self.provider)

    def reveal(self, portion, content=None):
        """Reveal a portion."""
        content = self.hidden.portions[portion] if content is None else content
        return self.send("reveal", self.hidden.hashes, portion, content)

    def reveal_all(self):
        """Reveal the hidden portions."""
        for portion in self.unknown():
            self.reveal(portion)

    def unknown(self):
        """Return the hidden portions in order."""
        course = self.market.course()
        return [portion for portion in range(len(self.hidden.portions)) if not course.revealed >> portion & 1]

    def price(self, count=1):
        """Return what samples cost now: their stakes and their fee."""
        return self.market.price((1,) * count, elapsed=0)

    def contribute(self, who, count=1, *, value=None):
        """Contribute a sample, or a batch, for its price."""
        labels, value = [1, 0, 1, 0, 1], self.price(count) if value is None else value
        if count == 1:
            return self.send("contribute", self.samples[0], 1, 0, sender=who, value=value)
        samples, labels = (self.samples * 60)[:count], (labels * 60)[:count]
        return self.send("contributeBatch", pack_batch(samples, labels), 0, sender=who, value=value)

    def replay(self):
        """Return the replay of the contributions."""
        return Replay(self.market, self.hidden)

    def calls(self):
        """Return a call of each function, one that fits where the market is if any does: (sender, arguments, value)."""
        if self.market.course().phase == Phase.DRAWING:
            self.chain.reach(self.market.course().target + 1)
        course, hashes = self.market.course(), self.hidden.hashes
        opening = course.phase == Phase.OPENING
        portion = course.drawn if opening else next(iter(self.unknown()), 0)
        entries = list(self.market.history().entries.values())
        first = (entries[0].claim(), entries[0].slot) if entries else ((1, self.alice, 0, 0, 0, b""), 1)
        batch = pack_batch(self.samples[:2], [0, 1])
        return {
            "commit": (self.provider, (hashes,), ROUNDS * self.stake),
            "draw": (self.carol, (header(self.chain, course.target) if self._is_there(course.target) else b"",), 0),
            "reveal": (self.provider, (hashes, portion, self.hidden.portions[portion]), 0),
            "contribute": (self.carol, (self.samples[0], 1, 0), self.price()),
            "contributeBatch": (self.carol, (batch, 0), self.price(3)),
            "evaluate": (self.carol, (self.replay().next(9) if entries else NOTHING,), 0),
            "collect": (self.carol, (self.bob,), 0),
            "withdraw": (self.carol, (), 0),
            "reclaim": (self.carol, first, 0),
            "forfeit": (self.carol, (), 0),
        }

    def _is_there(self, block):
        return 0 < block <= self.chain.block_number()

    def _draw(self, phase, contribute):
        target = self.market.course().target
        self.chain.reach(target + 1)
        self.send("draw", header(self.chain, target))
        if phase != Phase.OPENING:
            self.go_on(phase, contribute=contribute)

    def go_on(self, phase, *, contribute=True):
        """Advance the market from the draw to a phase."""
        self.reveal(self.market.course().drawn)
        if contribute:
            for who, count in ((self.alice, 1), (self.bob, 3), (self.alice, 1)):
                self.contribute(who, count)
        if phase == Phase.PARTICIPATION:
            return
        self.chain.travel(PARTICIPATE)
        if phase == Phase.FAILED:
            self.chain.travel(REVEAL)
        elif phase > Phase.REVEAL and contribute:
            self.reveal_all()
            if phase == Phase.PAYMENT:
                self.replay().push(5)
