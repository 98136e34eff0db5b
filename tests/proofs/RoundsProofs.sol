// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rounds} from "../../contracts/libraries/Rounds.sol";

/// Two participants after the initial model: what they gain and what is left of the bounty is what the rule says round
/// by round.
contract RoundsProofs {
    uint256 private constant _ROUNDS = 3;
    int256 private constant _TESTS = 4;

    Rounds private _rounds;

    function check_twoParticipantsGainWhatTheRuleSaysRoundByRound(uint8 first, uint8 a, uint8 b) external {
        if (first > 4 || a > 4 || b > 4) return;
        uint256 depth = _rounds.begin(_ROUNDS, first);
        int256 gainA;
        int256 gainB;
        (gainA, depth) = _rounds.play(_ROUNDS, a, depth);
        (gainB, depth) = _rounds.play(_ROUNDS, b, depth);

        int256 heldA;
        int256 heldB;
        bool inA = true;
        bool inB = true;
        for (uint256 round; round < _ROUNDS; ++round) {
            uint256 last = first;
            if (inA) {
                heldA += int256(last) - int256(uint256(a));
                last = a;
            }
            if (inB) {
                heldB += int256(last) - int256(uint256(b));
            }
            inA = inA && heldA >= 0;
            inB = inB && heldB >= 0;
        }
        assert(gainA == heldA && gainB == heldB);
        // at most a stake is lost, and the bounty covers what is gained
        assert(gainA >= -_TESTS && gainB >= -_TESTS);
        assert(gainA + gainB <= int256(_ROUNDS) * _TESTS);
    }
}
