// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Rounds} from "../../contracts/libraries/Rounds.sol";

/// Two participants after the initial model, with the stakes of one to three samples each: what they gain and what is
/// left of the bounty is what the rule says round by round.
contract RoundsProofs {
    uint256 private constant _ROUNDS = 3;
    int256 private constant _TESTS = 4;

    Rounds private _rounds;

    function check_twoParticipantsGainWhatTheRuleSaysRoundByRound(
        uint8 first,
        uint8 a,
        uint8 b,
        uint8 samplesA,
        uint8 samplesB
    ) external {
        if (first > 4 || a > 4 || b > 4 || samplesA == 0 || samplesA > 3 || samplesB == 0 || samplesB > 3) return;
        int256 spareA = (int256(uint256(samplesA)) - 1) * _TESTS;
        int256 spareB = (int256(uint256(samplesB)) - 1) * _TESTS;
        uint256 depth = _rounds.begin(_ROUNDS, first);
        int256 gainA;
        int256 gainB;
        (gainA, depth) = _rounds.play(_ROUNDS, a, uint256(spareA), depth);
        (gainB, depth) = _rounds.play(_ROUNDS, b, uint256(spareB), depth);

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
            inA = inA && heldA + spareA >= 0;
            inB = inB && heldB + spareB >= 0;
        }
        assert(gainA == heldA && gainB == heldB);
        // at most the stakes are lost, and the bounty covers what is gained
        assert(gainA >= -_TESTS - spareA && gainB >= -_TESTS - spareB);
        assert(gainA + gainB <= int256(_ROUNDS) * _TESTS);
    }
}
