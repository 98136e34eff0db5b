"""The rule of the prediction market as the talk gives it, in fractions: the reference of all comparisons."""

from __future__ import annotations

from fractions import Fraction


def paid(losses: list[Fraction], rounds: int) -> tuple[list[Fraction], list[int]]:
    """Return what each participant is paid, in stakes, and who left, in order.

    `losses` are L(h_t, D): first of the initial model, then of each participant's.
    """
    everyone = range(1, len(losses))
    b = {t: Fraction(1) for t in everyone}
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


def gains(mistakes: list[int], tests: int, rounds: int) -> list[int]:
    """Return what each participant gains, in stakes divided by the number of test samples; `mistakes` as `losses`."""
    payments, _ = paid([Fraction(wrong, tests) for wrong in mistakes], rounds)
    units = [(payment - 1) * tests for payment in payments]
    assert all(unit.denominator == 1 for unit in units)
    return [int(unit) for unit in units]
