"""The rule of the prediction market, in whole numbers: the twin of contracts/libraries/Rounds.sol."""

from __future__ import annotations


class Rounds:
    """All rounds of a market, played participant by participant, in the order in which they contributed.

    In each round a participant gains the mistakes of the nearest one before that is still in (at first the model at the
    start), less its own; it leaves after the first round in which it has less than it staked.

    What later participants ask of the earlier ones is only who is the last one in, round by round. That is kept as
    stretches of rounds on a stack, the earliest on top; a participant takes off those that it outlives, and adds one.

    Parameters
    ----------
    rounds
        How many there are: the bounty divided by the stake.
    mistakes
        Of the model at the start, on all test samples.
    """

    def __init__(self, rounds: int, mistakes: int) -> None:
        self._rounds = rounds
        self._stretches = [(rounds, mistakes)]

    def play(self, mistakes: int) -> int:
        """Return what the next participant gains, in stakes divided by the number of test samples.

        It is 0 or more, or minus the number of test samples at least.
        """
        done = gain = 0
        while done < self._rounds:
            end, before = self._stretches.pop()
            change, left = before - mistakes, end - done
            if change < 0 and (lasting := gain // -change + 1) <= left:
                gain += change * lasting
                done += lasting
                if done < end:
                    self._stretches.append((end, before))
                break
            gain += change * left
            done = end
        self._stretches.append((done, mistakes))
        return gain
