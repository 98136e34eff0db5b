"""Gas of the sparse perceptron with Gamified."""

from __future__ import annotations

import numpy as np

import dcai
from scripts.studies.gas.rows import GAMIFIED_100
from scripts.studies.gas.scenarios import (
    Gas,
    batch_of,
    contribute,
    disagreed,
    draw,
    fresh_chain,
    latest_used,
    mean_used,
    perceptron,
    spread,
)

# Different samples of 15 words, spread evenly as well: repeated samples earn nothing.
_SAMPLES = [spread(100, 15) - shift for shift in range(6)]


def gamified_100() -> Gas:
    """Measure every call on a model of 100 weights with Gamified."""
    with fresh_chain() as chain:
        alice, bob = chain.accounts[:2]
        # with a single memory slot, all but the first find it in use
        rules = dcai.Gamified(memory_slots=1, reporter_good=1, milestone=65_535)
        trainer = dcai.deploy(chain, perceptron(100), rules, name="IMDB sentiment")
        rng = np.random.default_rng(1)
        batch = batch_of(trainer, [draw(rng, 100, 15) for _ in range(100)])
        agreeing = contribute(trainer, [spread(100, 15)] * 11, agree=True, sender=alice)
        mine = contribute(trainer, _SAMPLES, agree=True, sender=alice)
        his = contribute(trainer, [draw(rng, 100, 15) for _ in range(3)], agree=True, sender=bob)
        gas = {"contribute_agree": mean_used(agreeing[1:])}
        chain.travel(rules.validate_after)
        first, *others = [_validated(contribution) for contribution in mine]
        gas["validate_first"] = first
        gas["validate"] = round(sum(others[2:]) / len(others[2:]))
        for contribution in his:
            contribution.validate()
        for contribution in his:
            _turn(contribution, agree=False)
            contribution.report(sender=alice)
        gas["report"] = latest_used(chain)
        chain.travel(rules.settle_after)
        for contribution in his[:2]:
            _turn(contribution, agree=False)
            contribution.report(sender=alice)
        gas["report_settled"] = latest_used(chain)
        _turn(his[2], agree=True)
        his[2].defend()
        gas["defend"] = latest_used(chain)
        validated = 100 - len(disagreed(batch))
        batch.validate()
        gas["validate_batch"] = round(latest_used(chain) / validated)
        for contribution in agreeing:  # a repeated sample: finished
            contribution.validate()
        reused = contribute(trainer, [spread(100, 15)] * 2, agree=True, sender=alice)
        gas["contribute_agree_reused"] = mean_used(reused[1:])
    return {f"{GAMIFIED_100}.{name}": value for name, value in gas.items()}


def _validated(contribution: dcai.Contribution) -> int:
    contribution.trainer.validate(contribution)
    return latest_used(contribution.trainer.chain)


def _turn(contribution: dcai.Contribution, *, agree: bool) -> None:
    """Let somebody else contribute the same sample until the model agrees, or disagrees."""
    trainer, entry = contribution.trainer, contribution.entry
    sample = trainer.model().unpack(entry.sample)
    while (trainer.labels.index(trainer.predict(sample)) == entry.label) != agree:
        contribute(trainer, [sample], agree=False, sender=trainer.chain.accounts[2])
