// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AnyMarket} from "./AnyMarket.sol";
import {VM} from "./Cheats.sol";

/// From the evaluation on, a market holds what it owes, whatever was sent and whoever does what at whatever time. The
/// bounty is three stakes, and the mistakes of the initial model and after each turn are counted through: the rule
/// multiplies and divides them, and no solver decides that for any number.
contract MarketPaymentsProofs is AnyMarket {
    uint256 private constant _ROUNDS = 3;

    /// One participant gains, the other loses. The rest of the evaluation is one of the actions; so are the claims on a
    /// market that fails now.
    function check_afterAPartOfTheEvaluationAndAnyActionItHoldsWhatItOwes(
        uint88 more,
        uint88 moreForBatch,
        bool firstGains,
        uint8 action,
        bool creator,
        uint32 time
    ) external {
        _begin(more, moreForBatch, 2, firstGains ? 1 : TESTS, firstGains ? TESTS : 1);
        _evaluate(2);
        _act(action, creator ? 0 : 1, time, 0);
        _check();
    }

    /// The market at the beginning of its evaluation, in which the model will make these mistakes.
    function _begin(uint256 more, uint256 moreForBatch, uint256 initial, uint256 first, uint256 second) private {
        VM.assume(first <= TESTS && second <= TESTS);
        _participate(_ROUNDS, more, moreForBatch);
        for (uint256 i; i <= TESTS; ++i) {
            for (uint256 j; j <= TESTS; ++j) {
                // after the sample, and after both of the batch
                if (first == i && second == j) _market.setAnswers(initial | (i << 8) | (j << 24));
            }
        }
        _reveal();
    }
}
