"""The rule of the prediction market, in whole numbers: the twin of contracts/libraries/Rounds.sol."""

from __future__ import annotations


class Rounds:
    """All rounds of a market, played turn by turn, in the order in which they were contributed.

    Each turn is a participant, with the stakes of all its samples. In each round a participant gains the mistakes of
    the nearest one before that is still in (at first the model at the start), less its own; it leaves after the first
    round in which it has less than one stake.

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

    def play(self, mistakes: int, spare: int) -> int:
        """Return what the next participant gains, in stakes divided by the number of test samples.

        Parameters
        ----------
        mistakes
            Of the model after it.
        spare
            What it can lose and still have one stake: its other stakes. If it leaves, it has lost at most all of them.
        """
        done = gain = 0
        while done < self._rounds:
            end, before = self._stretches.pop()
            change, left = before - mistakes, end - done
            if change < 0 and (lasting := (gain + spare) // -change + 1) <= left:
                gain += change * lasting
                done += lasting
                if done < end:
                    self._stretches.append((end, before))
                break
            gain += change * left
            done = end
        self._stretches.append((done, mistakes))
        return gain
