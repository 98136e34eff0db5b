// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// The rule of the prediction market, turn by turn. Each turn is a participant of its own, with the stakes of all its
/// samples. In each round a participant gains the mistakes of the nearest earlier one that is still in, less its own.
/// It leaves after the first round in which it has less than one stake.
///
/// A later participant needs to know only one thing about all earlier ones: which of them is the last one still in, in
/// each round. These are stretches of rounds, kept as a stack with the earliest one on top. A participant plays through
/// the stretches from the top, in one step each however many rounds they have, until it leaves. Up to then it is itself
/// the last one in; after that the stretches stay as they were. Each participant pushes one stretch, so no more than
/// that can be popped: the whole rule, B rounds of T participants, takes a number of steps proportional to T alone.
struct Rounds {
    /// From the bottom up: the last round of a stretch, then 16 bits of mistakes. The lowest ends with the very last
    /// round.
    mapping(uint256 place => uint256) stretches;
}

using RoundsLibrary for Rounds global;

library RoundsLibrary {
    /// Begins with the mistakes of the initial model, which stays in for all rounds.
    /// @return depth the depth of the stack
    function begin(Rounds storage self, uint256 rounds, uint256 mistakes) internal returns (uint256 depth) {
        self.stretches[0] = (rounds << 16) | mistakes;
        return 1;
    }

    /// Plays the next participant.
    /// @param spare its stakes without one, in mistakes: what it can lose and still be in
    /// @param depth the depth of the stack before
    /// @return gain in mistakes: if the participant leaves, at least minus all its stakes; otherwise at least -spare
    /// @return after_ the depth of the stack afterwards
    function play(
        Rounds storage self,
        uint256 rounds,
        uint256 mistakes,
        uint256 spare,
        uint256 depth
    ) internal returns (int256 gain, uint256 after_) {
        // a gain is below 2^40 rounds times 2^16 mistakes, and while the participant is in, not below -spare
        unchecked {
            uint256 round;
            while (round != rounds) {
                uint256 stretch = self.stretches[depth - 1];
                uint256 left = (stretch >> 16) - round;
                int256 change = int256(stretch & type(uint16).max) - int256(mistakes);
                if (change < 0) {
                    uint256 lasting = uint256(gain + int256(spare)) / uint256(-change) + 1;
                    if (lasting <= left) {
                        gain += change * int256(lasting);
                        round += lasting;
                        if (lasting == left) --depth;
                        break;
                    }
                }
                gain += change * int256(left);
                round += left;
                --depth;
            }
            self.stretches[depth] = (round << 16) | mistakes;
            after_ = depth + 1;
        }
    }
}
