"""The rule of the prediction market in fractions, as the talk gives it or in turns: the reference of comparisons."""

from __future__ import annotations

from fractions import Fraction


def paid(losses: list[Fraction], rounds: int, stakes: list[int] | None = None) -> tuple[list[Fraction], list[int]]:
    """Return what each turn is paid, in stakes, and which of them left, in order.

    `losses` are L(h_t, D): first of the initial model, then at the end of each turn. `stakes` says how many each turn
    has, one for each of its samples; without it, one each: the talk's rule.
    """
    everyone = range(1, len(losses))
    b = dict(zip(everyone, map(Fraction, stakes or [1] * len(everyone)), strict=True))
    left: list[int] = []
    still_in = list(everyone)
    for _ in range(rounds):
        previous = 0
        for t in still_in:
            b[t] += losses[previous] - losses[t]
            previous = t
        left += [t for t in still_in if b[t] < 1]
        still_in = [t for t in still_in if b[t] >= 1]
    return [b[t] for t in everyone], left


def gains(mistakes: list[int], tests: int, rounds: int, stakes: list[int] | None = None) -> list[int]:
    """Return what each turn gains, in stakes divided by the number of test samples; `mistakes` as `losses`."""
    stakes = stakes or [1] * (len(mistakes) - 1)
    payments, _ = paid([Fraction(wrong, tests) for wrong in mistakes], rounds, stakes)
    units = [(payment - stake) * tests for payment, stake in zip(payments, stakes, strict=True)]
    assert all(unit.denominator == 1 for unit in units)
    return [int(unit) for unit in units]
